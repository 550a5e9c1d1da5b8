"""Keep readings, and alert once for each time a sensor becomes too hot."""

from __future__ import annotations

from typing import Any

from functions.runtime import Run, runner

LIMIT = 80


@runner
def keep(reading: dict[str, Any], run: Run) -> None:
    """Land a reading; the first above the limit opens a breach and alerts, one below it closes the breach."""
    sensor, breaches = reading["sensor"], run.stores.breaches
    if reading["celsius"] <= LIMIT:
        breaches.delete(sensor)
    else:
        breaches.put_if_absent({"sensor": sensor, "since": reading["taken_at"], "opened_by": run.token})
        breach = breaches.get(sensor)
        if breach and breach["opened_by"] == run.token:
            run.outputs.alerts.put({"sensor": sensor, "since": breach["since"], "celsius": reading["celsius"]})
    run.outputs.raw.put(reading)


@runner
def alert(breach: dict[str, Any], run: Run) -> None:
    """Write an alert down; whoever calls the engineer stands here."""
    run.outputs.raw.put(breach)
