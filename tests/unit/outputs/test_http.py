"""The http output: TLS alone, no credentials in the declaration, and a rate that all workers keep together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from constructs_lib.outputs import OUTPUTS
from constructs_lib.outputs._url import parse_url
from constructs_lib.outputs.http import Bearer, Http, Rate
from tests.unit.event_sources.contexts import context
from tests.unit.outputs.sending import contributed, faults, granted

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://api.example.com/v1/contacts/{contact_id}"


def test_the_output_is_found_by_its_module() -> None:
    assert Http in OUTPUTS


def test_the_runner_may_read_exactly_the_secret() -> None:
    secret = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:crm-token-??????"
    output = Http(url=URL, auth=Bearer(secret="crm-token"))
    assert granted(output) == [(("secretsmanager:GetSecretValue",), (secret,))]


def test_without_a_key_nothing_is_granted() -> None:
    assert granted(Http(url=URL)) == []
    assert contributed(Http(url=URL)).resources == ()


def test_each_worker_has_an_equal_share_of_the_rate() -> None:
    output = Http(url=URL, rate=Rate(per_second=10))
    intervals = [
        output.settings(context().model_copy(update={"max_concurrency": workers})).options["interval"]
        for workers in (1, 5, 20)
    ]
    assert intervals == [0.1, 0.5, 2.0]
    assert "interval" not in Http(url=URL).settings(context()).options


@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ({"url": "http://api.example.com/v1"}, "url-not-tls", "outputs[0].url"),
        ({"url": "http://localhost:8080/"}, "url-not-tls", "outputs[0].url"),
        ({"url": "https://user:pass@api.example.com/"}, "url-with-credentials", "outputs[0].url"),
        ({"url": "https://token@api.example.com/"}, "url-with-credentials", "outputs[0].url"),
        ({"url": "https:///path"}, "url-wrong", "outputs[0].url"),
        ({"url": "https://10.0.0.1/"}, "url-wrong", "outputs[0].url"),
        ({"url": "https://[::1]/"}, "url-wrong", "outputs[0].url"),
        ({"url": "https://api.example.com:99999/"}, "url-wrong", "outputs[0].url"),
        ({"url": "https://api.example.com/a b"}, "url-wrong", "outputs[0].url"),
        ({"url": "https://api.example.com/{a}/{a}"}, "url-wrong", "outputs[0].url"),
        ({"url": "https://api.example.com/x#y"}, "url-wrong", "outputs[0].url"),
        ({"url": URL, "timeout": "0s"}, "http-timeout-wrong", "outputs[0].timeout"),
        ({"url": URL, "timeout": "61s"}, "http-timeout-wrong", "outputs[0].timeout"),
        ({"url": URL, "rate": {"per_second": 0}}, "number-out-of-range", "outputs[0].rate.per_second"),
        ({"url": URL, "rate": {"per_second": 1}}, "output-too-slow", "outputs[0].rate"),
        ({"url": URL, "retry_statuses": [500]}, "number-out-of-range", "outputs[0].retry_statuses[0]"),
        ({"url": URL, "auth": {"type": "none"}}, "kind-unknown", "outputs[0].auth.type"),
        (
            {"url": URL, "auth": {"type": "bearer", "secret": "sk_live_abc"}},
            "secret-is-a-value",
            "outputs[0].auth.secret",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, fields: dict[str, Any], code: str, path: str) -> None:
    assert faults(tmp_path, type="http", **fields) == [(code, path)]


def test_credentials_of_a_url_are_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(PydanticCustomError) as raised:
        parse_url("https://user:hunter2@api.example.com/")
    assert "hunter2" not in str(raised.value)


@given(text=st.text())
def test_no_text_gets_past_that_is_not_reached_over_tls(text: str) -> None:
    for url in (text, f"https://{text}", f"https://api.example.com/{text}"):
        try:
            parsed = parse_url(url)
        except PydanticCustomError:
            continue
        assert parsed.startswith("https://")
        assert "@" not in parsed.split("/")[2]
