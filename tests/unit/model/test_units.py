"""Units are written with their sign, read into plain numbers, and written back in one way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from constructs_lib.model.secret_name import looks_like_value
from constructs_lib.model.units import (
    duration_text,
    parse_duration,
    parse_percent,
    parse_size,
    percent_text,
    shown,
    size_text,
)


@pytest.mark.parametrize(
    ("text", "seconds", "canonical"),
    [
        ("30s", 30, "30s"),
        ("5m", 300, "5m"),
        ("2h", 7200, "2h"),
        ("14d", 1209600, "14d"),
        ("90s", 90, "90s"),
        ("120s", 120, "2m"),
        ("0d", 0, "0s"),
    ],
)
def test_a_duration_is_a_number_with_a_unit(text: str, seconds: int, canonical: str) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)
    assert duration_text(parse_duration(text)) == canonical


@pytest.mark.parametrize(
    "value",
    [
        "5",
        5,
        5.0,
        "5 m",
        "5w",
        "1.5h",
        "-5m",
        "5M",
        "",
        "m",
        None,
        True,
        "05m",
        "5m\n",
        "36501d",
        "9" * 400 + "s",
        timedelta(-1),
        timedelta(microseconds=5),
    ],
)
def test_what_has_no_unit_or_another_is_no_duration(value: Any) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        parse_duration(value)
    assert caught.value.type == "unit-wrong"


@given(st.integers(0, 36500 * 86400))
def test_a_duration_survives_being_written_and_read(seconds: int) -> None:
    assert parse_duration(duration_text(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("text", "size"), [("200MB", 200_000_000), ("1KB", 1000), ("3GB", 3 * 10**9), ("7B", 7)])
def test_a_size_is_a_number_of_bytes_in_powers_of_ten(text: str, size: int) -> None:
    assert parse_size(text) == parse_size(size) == size
    assert size_text(size) == text


@pytest.mark.parametrize("value", ["200", "200MiB", "1.5GB", -1, True, 1.0])
def test_what_is_no_size_is_refused(value: Any) -> None:
    with pytest.raises(PydanticCustomError):
        parse_size(value)


@pytest.mark.parametrize(("text", "share"), [("1%", 0.01), ("12.5%", 0.125), ("100%", 1.0), ("0%", 0.0)])
def test_a_percentage_is_a_share(text: str, share: float) -> None:
    assert parse_percent(text) == pytest.approx(share)
    assert percent_text(share) == text


@pytest.mark.parametrize("value", ["1", "101%", "-1%", 2.0, 1, "1 %"])
def test_what_is_no_percentage_is_refused(value: Any) -> None:
    with pytest.raises(PydanticCustomError):
        parse_percent(value)


def test_a_long_value_is_shown_in_part() -> None:
    assert shown("short") == "'short'"
    assert len(shown("x" * 5000)) == 60


@pytest.mark.parametrize(
    "name", ["shop-webhook-key", "prod/shop/webhook", "a" * 40, "shop_orders_signing_key_of_production"]
)
def test_a_name_does_not_look_like_a_secret(name: str) -> None:
    assert not looks_like_value(name)


@pytest.mark.parametrize(
    "value",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "sk_live_" + "51H8abc",
        "ghp_" + "16C7e42F292c6912E7",
        "0123456789abcdef" * 2,
        "wJalrXUtnFEMI" + "K7MDENGbPxRfiCYEXAMPLEKEY",
        "-----BEGIN RSA PRIVATE KEY-----",
    ],
)
def test_keys_of_known_services_and_random_text_look_like_a_secret(value: str) -> None:
    assert looks_like_value(value)
