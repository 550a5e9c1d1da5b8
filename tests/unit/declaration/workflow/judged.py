"""Workflows as a declaration states them, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.unit.declaration.bad_input import from_fields
from tests.unit.declaration.bad_workflows import steps

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.errors import Fault


def faults(folder: Path, *given: dict[str, Any], workflow: dict[str, Any] | None = None, **changes: Any) -> list[Fault]:
    """Return the faults of a valid declaration with these steps in the place of a runner."""
    return list(from_fields(folder, **{**steps(*given, **(workflow or {})), **changes}))


def found(folder: Path, *given: dict[str, Any], workflow: dict[str, Any] | None = None, **changes: Any) -> set[str]:
    """Return them as ``code place``, the place from the steps on."""
    told = faults(folder, *given, workflow=workflow, **changes)
    return {f"{fault.code} {fault.path.removeprefix('workflow.').removeprefix('steps')}" for fault in told}
