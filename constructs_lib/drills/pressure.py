"""Back pressure on an AWS in memory: breakers in the state table, and messages to the function that controls intake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.runtime.back_pressure import alert, breakers, pressure

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools import Logger

    from functions.runtime.back_pressure.pressure import Pressure
    from functions.runtime.back_pressure.state_items import StateItems
    from functions.runtime.settings import RunnerSettings


def memory_pressure(
    settings: RunnerSettings, items: StateItems, send: Callable[[str], None], now: Callable[[], float], logger: Logger
) -> Pressure:
    """Return what watches the dependencies of a pipeline; ``send`` tells the queue with a URL that intake changes.

    Raises:
        ValueError: no back pressure is declared.
    """
    declared = settings.back_pressure
    if declared is None:
        raise ValueError("no back pressure is declared")
    return pressure.Pressure(
        settings=declared,
        longest_delay=settings.retry.max_delay_seconds,
        breakers=breakers.StoredBreakers(items),
        alert=alert.ControlAlert(items, settings.pipeline, lambda: send(declared.control_url), logger),
        now=now,
        uniform=lambda _low, high: high,
        logger=logger,
    )
