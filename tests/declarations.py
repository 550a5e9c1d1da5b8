"""A complete project in a folder, and declarations for it that a test changes field by field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration.pipeline import PipelineDeclaration

if TYPE_CHECKING:
    from pathlib import Path

HANDLER = '''"""Handlers of the sample project."""

from functions.runtime import Run, runner


@runner
def land_order(order: dict, run: Run) -> None:
    run.outputs.raw.put(order)
'''
STEPS = (
    "reserve_stock",
    "release_stock",
    "charge_card",
    "refund_card",
    "ship_order",
    "notify_customer",
    "ask_partner",
    "start_report",
    "check_report",
    "make_thumbnail",
    "import_rows",
)
STEP = """

@runner
def {name}(order: dict, run: Run) -> dict:
    return {{"done": "{name}"}}
"""
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["order_id"],
    "properties": {"order_id": {"type": "string"}, "total": {"type": "number"}},
}


def write_project(folder: Path) -> Path:
    """Write the handler and the contract that the sample declarations name."""
    (folder / "handlers").mkdir(parents=True, exist_ok=True)
    (folder / "schemas").mkdir(exist_ok=True)
    (folder / "handlers" / "__init__.py").write_text("")
    (folder / "handlers" / "orders.py").write_text(HANDLER)
    steps = "".join(STEP.format(name=name) for name in STEPS)
    (folder / "handlers" / "steps.py").write_text(f"from functions.runtime import Run, runner\n{steps}")
    (folder / "schemas" / "order.json").write_text(json.dumps(SCHEMA))
    return folder


def fields(**changes: Any) -> dict[str, Any]:
    """Return the fields of a signed webhook with a contract; ``None`` removes a field."""
    values: dict[str, Any] = {
        "pipeline": "shop-orders",
        "owner": "orders@example.com",
        "contract": {"id": "order", "version": "1", "schema": "schemas/order.json"},
        "tenant": {"key": "path.shop_id"},
        "source": {
            "type": "http",
            "path": "/shops/{shop_id}/orders",
            "auth": {"type": "hmac", "secret": "shop-webhook-key"},
        },
        "runner": {"handler": "handlers.orders:land_order"},
        "idempotency": {"key": ["path.shop_id", "body.order_id"]},
        "outputs": [{"type": "raw"}],
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def declare(folder: Path, **changes: Any) -> PipelineDeclaration:
    """Return a valid declaration of the project in ``folder``."""
    return PipelineDeclaration.model_validate({**fields(**changes), "directory": str(write_project(folder))})
