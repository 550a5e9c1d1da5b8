"""The catalogue says what sizes mean, how far services go and what units cost; an organisation can bring its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from constructs_lib.catalog import DEFAULT_VERSION, load_catalog
from constructs_lib.declaration import parse_pipeline
from constructs_lib.declaration.pipeline import DEFAULT_CATALOG
from constructs_lib.errors import DeclarationError
from tests.declarations import fields, write_project
from tests.unit.declaration.bad_input import faults_of, shipped_catalog

if TYPE_CHECKING:
    from pathlib import Path


def test_the_sizes_are_those_of_the_platform() -> None:
    sizes = load_catalog().sizes
    assert {name: (s.memory, int(s.timeout.total_seconds()), s.max_concurrency) for name, s in sizes.items()} == {
        "small": (256, 30, 5),
        "medium": (512, 60, 20),
        "large": (1769, 300, 50),
        "xlarge": (3008, 900, 200),
    }
    assert [name for name, size in sizes.items() if size.needs_approval] == ["xlarge"]


def test_a_declaration_pins_the_version_that_the_library_brings() -> None:
    assert DEFAULT_CATALOG == DEFAULT_VERSION == load_catalog().version


def test_limits_are_those_of_the_services() -> None:
    limits = load_catalog().limits
    assert limits.lambda_timeout == timedelta(seconds=900)
    assert limits.lambda_memory == 10240
    assert (limits.sqs_min_concurrency, limits.sqs_max_concurrency) == (2, 1000)
    assert limits.sqs_max_retention == timedelta(days=14)
    assert limits.sqs_visibility_timeout == timedelta(hours=12)
    assert limits.sqs_message == 1024 * 1024


def test_a_price_is_for_one_unit_of_a_meter() -> None:
    prices = load_catalog().prices
    assert prices.unit_price("sqs-request") == pytest.approx(0.4e-6)
    assert prices.unit_price("s3-put") == pytest.approx(5e-6)
    with pytest.raises(KeyError, match=r"known: .*sqs-request"):
        prices.unit_price("sqs-requests")


def test_classes_that_do_not_run_here_are_named_with_what_they_fit() -> None:
    text = load_catalog().elsewhere()
    assert all(name in text for name in ("container", "managed_etl", "dedicated"))
    assert "serverless" not in text


def test_an_unknown_version_lists_those_that_exist() -> None:
    with pytest.raises(DeclarationError, match=f"one of {DEFAULT_VERSION}"):
        load_catalog("1999-01")


def test_an_organisations_own_catalogue_replaces_the_sizes(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(shipped_catalog().replace("  small:", "  tiny:"), encoding="utf-8")
    own = load_catalog(path=file)
    assert list(own.sizes) == ["tiny", "medium", "large", "xlarge"]
    declared = {"runner": {"handler": "handlers.orders:land_order", "size": "tiny"}}
    folder = write_project(tmp_path)
    text = str(fields(**declared))
    assert parse_pipeline(text, directory=folder, catalog=own).taker.size == "tiny"
    assert [fault.code for fault in faults_of(lambda: parse_pipeline(text, directory=folder))] == ["size-unknown"]


@pytest.mark.parametrize(
    ("replaced", "by", "path"),
    [
        ("memory: 256", "memory: lots", "sizes.small.memory"),
        ("timeout: 30s", "timeout: 30", "sizes.small.timeout"),
        ("sizes:", "size:", "sizes"),
        ("usd: 0.20", "usd: .inf", "prices.meters.lambda-request.usd"),
    ],
)
def test_a_faulty_catalogue_is_told_with_its_place(replaced: str, by: str, path: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(shipped_catalog().replace(replaced, by, 1), encoding="utf-8")
    faults = faults_of(lambda: load_catalog(path=file))
    assert path in {fault.path for fault in faults}
    assert {fault.file for fault in faults} == {str(file)}


@pytest.mark.parametrize("content", [b"", b"[", b"\xff", b"- 1"])
def test_a_file_that_is_no_catalogue_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes(content)
    assert {fault.code for fault in faults_of(lambda: load_catalog(path=file))} == {"catalog-wrong"}
    assert {fault.code for fault in faults_of(lambda: load_catalog(path=tmp_path / "none"))} == {"catalog-wrong"}
