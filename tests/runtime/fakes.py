"""The pipeline of the runtime's tests, on an AWS in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.world import World as AnyWorld
from functions.contract.environment import (
    ContractSettings,
    IdempotencySettings,
    OutputSettings,
    RetrySettings,
    TenantSettings,
)
from functions.runtime.settings import RunnerSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.runtime import Run

BUFFER, DLQ = "https://queue/buffer", "https://queue/dlq"
STATE, LEDGER, BUCKET = "state", "ledger", "raw-bucket"

SETTINGS = RunnerSettings(
    pipeline="shop-orders",
    stage="dev",
    data_class="internal",
    manifest_hash="m" * 64,
    source="http",
    tenant=TenantSettings(),
    contract=None,
    idempotency=IdempotencySettings(key=("body.order_id",), ttl_seconds=86_400),
    retry=RetrySettings(
        max_attempts=5, interval_seconds=2, backoff_rate=2, max_delay_seconds=900, max_receive_count=100
    ),
    outputs=(OutputSettings(name="raw", type="raw", target=BUCKET),),
    secrets=(),
    queue_url=BUFFER,
    dlq_url=DLQ,
    state_table=STATE,
    ledger_table=LEDGER,
    ledger_retention=400 * 86_400,
    raw_bucket=BUCKET,
    event_bus="platform-events",
)


def contract(file: str = "order.json", **changes: Any) -> ContractSettings:
    return ContractSettings(id="order", version="1", schema_hash="s" * 64, file=file, **changes)


def orders(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{"order_id": f"o-{number}"} for number in range(start, start + count)]


def put(order: Any, run: Run) -> None:
    """Land an order as it was received: the handler of most tests."""
    run.outputs.raw.put(order)


class World(AnyWorld):
    """One pipeline. ``handler`` is the user's function; ``changes`` are of its settings."""

    def __init__(self, handler: Callable[[Any, Run], object] = put, timeout: float = 30.0, **changes: Any) -> None:
        super().__init__(handler, replace(SETTINGS, **changes), timeout=timeout)
