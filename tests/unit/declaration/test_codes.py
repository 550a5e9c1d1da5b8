"""Every code of a declaration has an example that brings it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.error_codes import CODES, DECLARATION
from tests.unit.declaration.bad_input import provoke

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("code", sorted(DECLARATION))
def test_every_code_has_an_example_that_brings_it(code: str, tmp_path: Path) -> None:
    faults = provoke(code, tmp_path)
    assert code in {fault.code for fault in faults}
    assert all(fault.code in CODES for fault in faults)


@pytest.mark.parametrize("code", sorted(DECLARATION))
def test_every_fault_says_what_was_found_what_is_allowed_and_what_to_do(code: str, tmp_path: Path) -> None:
    fault = next(fault for fault in provoke(code, tmp_path) if fault.code == code)
    assert fault.found
    assert fault.allowed
    assert fault.fix
    assert "pydantic" not in str(fault).lower()
    assert "Input should" not in str(fault)
