"""What the tests of outputs that send elsewhere share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.catalog import load_catalog
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.contribution import Contribution
    from constructs_lib.model.output import Output


def contributed(output: Output) -> Contribution:
    """Return what an output adds to the plan of ``shop-orders`` in ``dev``; its meters have prices."""
    contribution = output.contribute(context(), "outputs[0]")
    assert all(load_catalog().prices.unit_price(driver.meter) > 0 for driver in contribution.cost_drivers)
    return contribution


def granted(output: Output) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the actions and resources that an output is granted."""
    return [(grant.actions, grant.resources) for grant in contributed(output).runner_grants]


def faults(tmp_path: Path, **fields: Any) -> list[tuple[str, str]]:
    """Return the faults of a declaration with one output."""
    return [(fault.code, fault.path) for fault in from_fields(tmp_path, outputs=[fields])]
