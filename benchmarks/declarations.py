"""The pipelines that are measured: webhooks with a signature, a contract and a raw landing, many times over."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

DECLARATION = """\
version: 1
pipeline: {name}
owner: orders-team@example.com
data_class: confidential
tags: {{ cost-centre: shops }}
tenant: {{ key: path.shop_id }}
contract: {{ id: order, version: "1", schema: schemas/order.v1.json }}
source:
  type: http
  path: /shops/{{shop_id}}/orders
  auth: {{ type: hmac, secret: shop-webhook-key }}
  throttle: {{ rate: 200, burst: 400 }}
queue: {{ batch_size: 10, max_batching_window: 2s }}
runner: {{ size: medium, handler: "handlers.orders:land_order", max_concurrency: 20 }}
idempotency: {{ key: [path.shop_id, body.order_id] }}
outputs: [{{ type: raw }}]
observability: {{ runbook: "https://example.com/runbooks/orders" }}
budget: {{ monthly_usd: 40, events_per_month: 3000000 }}
"""

SCHEMA = """\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "required": ["order_id", "total"],
  "properties": {
    "order_id": {"type": "string", "minLength": 1},
    "total": {"type": "number", "minimum": 0},
    "lines": {"type": "array", "items": {"type": "object"}}
  }
}
"""

HANDLER = dedent(
    '''\
    """Lands orders."""

    from functions.runtime import Run, runner


    @runner
    def land_order(order: dict[str, object], run: Run) -> None:
        """Land one order."""
        run.outputs.raw.put(order)
    '''
)


def pipeline_names(count: int) -> list[str]:
    """Return the names of so many pipelines."""
    return [f"orders-{number:03d}" for number in range(1, count + 1)]


def write_declarations(folder: Path, count: int) -> Path:
    """Write so many declarations with their shared handler and schema, and return the folder."""
    handlers = folder / "handlers"
    handlers.mkdir(parents=True, exist_ok=True)
    (handlers / "__init__.py").write_text('"""Handlers."""\n')
    (handlers / "orders.py").write_text(HANDLER)
    (folder / "schemas").mkdir(exist_ok=True)
    (folder / "schemas" / "order.v1.json").write_text(SCHEMA)
    for name in pipeline_names(count):
        (folder / f"{name}.yaml").write_text(DECLARATION.format(name=name))
    return folder
