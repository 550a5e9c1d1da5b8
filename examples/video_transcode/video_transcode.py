"""Have a film transcoded by a farm of encoders, which takes longer than a function may run."""

from __future__ import annotations

from typing import Any

from functions.runtime import Permanent, Recoverable, Run, runner


class FilmDamaged(Permanent):
    """The farm cannot read the film, however often it is asked."""


class FarmBusy(Recoverable):
    """The farm gives no answer just now."""


@runner
def order_transcode(film: dict[str, Any], run: Run) -> dict[str, Any]:
    """Put the film on the farm's list of jobs, once however often it is tried, and say which job it is."""
    run.stores.farm.put_if_absent({"job_id": run.token, "state": "waiting", "film": film["key"]})
    return {"job_id": run.token}


@runner
def ask_farm(job: dict[str, Any], run: Run) -> dict[str, Any] | None:
    """Return where the film lies and how long it took, or None while the farm is at it."""
    found = run.stores.farm.get(job["job_id"]) or {"state": "unreachable"}
    if found["state"] in {"waiting", "working"}:
        return None
    if found["state"] == "done":
        return {"film": found["result"], "minutes": found["minutes"]}
    if found["state"] == "damaged":
        raise FilmDamaged(f"{found['film']}: {found['reason']}")
    raise FarmBusy("the farm does not answer")
