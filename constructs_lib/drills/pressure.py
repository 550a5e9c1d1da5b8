"""Back pressure on an AWS in memory: breakers in the state table, and messages to the function that controls intake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.runtime.back_pressure import alert, breakers, pressure, state_items
from functions.runtime.redactor import Redactor
from functions.runtime.telemetry import make_logger

if TYPE_CHECKING:
    from constructs_lib.drills.world import World
    from functions.runtime.back_pressure.pressure import Pressure


def memory_pressure(world: World) -> Pressure:
    """Return what watches the dependencies of a world; ``ValueError`` where none is declared."""
    declared = world.settings.back_pressure
    if declared is None:
        raise ValueError("no back pressure is declared")

    def send() -> None:
        with world.calls.call("SendMessage"):
            world.sqs.put(declared.control_url, "{}")

    items = state_items.PartiqlStateItems(lambda: world.dynamodb, world.settings.state_table)
    logger = make_logger(world.settings.pipeline, world.settings.stage, world.logger_name, Redactor(), world.log)
    return pressure.Pressure(
        settings=declared,
        longest_delay=world.settings.retry.max_delay_seconds,
        breakers=breakers.StoredBreakers(items),
        alert=alert.ControlAlert(items, world.settings.pipeline, send, logger),
        now=world.clock.now,
        uniform=lambda _low, high: high,
        logger=logger,
    )
