"""Every code has an example that brings it, and every code in the sources is in the table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import constructs_lib
from constructs_lib.declaration.codes import CODES
from tests.unit.declaration.bad_input import provoke

PACKAGES = ("declaration", "catalog", "event_sources", "outputs", "network_profiles", "runner_classes")
RAISED = re.compile(
    r'(?:Fault\(|refusal\(|_note\(|_stop\(|_stopped\(|_fault\(|\.of\(|return|=|\(|code=|else)\s*"([a-z]+(?:-[a-z0-9]+)+)",'
)
NOT_CODES = {
    "http-request",
    "lambda-request",
    "lambda-gb-second",
    "dynamodb-write",
    "s3-put",
    "s3-gb-month",
    "shop-webhook-key",
}


def raised_codes() -> set[str]:
    home = Path(constructs_lib.__file__).parent
    files = [file for package in PACKAGES for file in (home / package).rglob("*.py") if file.stem != "codes"]
    files += [home / "model" / name for name in ("units.py", "secret_name.py")]
    return {code for file in files for code in RAISED.findall(file.read_text(encoding="utf-8"))} - NOT_CODES


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_an_example_that_brings_it(code: str, tmp_path: Path) -> None:
    faults = provoke(code, tmp_path)
    assert code in {fault.code for fault in faults}
    assert all(fault.code in CODES for fault in faults)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_fault_says_what_was_found_what_is_allowed_and_what_to_do(code: str, tmp_path: Path) -> None:
    fault = next(fault for fault in provoke(code, tmp_path) if fault.code == code)
    assert fault.found
    assert fault.allowed
    assert fault.fix
    assert "pydantic" not in str(fault).lower()
    assert "Input should" not in str(fault)


def test_every_code_in_the_sources_is_in_the_table() -> None:
    assert len(raised_codes()) > 50
    assert raised_codes() - CODES.keys() == set()
