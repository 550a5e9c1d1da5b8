"""Removes what is older than it may be, packs yesterday's logs, and reports how much of each there was."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from itertools import takewhile
from typing import Any

from functions.runtime import Run, Tick, runner

KINDS = ("markers", "temp", "logs")


@runner
def clean_up(tick: Tick, run: Run) -> None:
    """Do what the night's plan says; a run that failed halfway goes on by the same plan, so its counts are right."""
    plan = planned(tick, run)
    for day, key in plan["markers"]:
        run.stores.markers.delete((day, key))
    for key in plan["temp"]:
        run.stores.files.delete(key)
    for key in plan["logs"]:
        pack(run.stores.files, key)
    run.outputs.raw.put({"day": plan["day"], **{kind: len(plan[kind]) for kind in KINDS}})


def planned(tick: Tick, run: Run) -> dict[str, Any]:
    """Return what goes tonight; it is written down before anything is touched."""
    files, key = run.stores.files, f"plans/{tick.scheduled_at:%Y-%m-%d}.json"
    if files.exists(key):
        return dict(json.loads(files.read(key)))
    oldest = tick.scheduled_at - timedelta(days=tick.input["keep_days"])
    yesterday = tick.scheduled_at - timedelta(days=1)
    plan = {
        "day": f"{tick.scheduled_at:%Y-%m-%d}",
        "markers": [(item["day"], item["key"]) for item in run.stores.markers.query(f"{oldest:%Y-%m-%d}")],
        "temp": before(files, "temp/", f"{oldest:%Y-%m-%d}"),
        "logs": [log.key for log in files.list(f"logs/{yesterday:%Y-%m-%d}/")],
    }
    files.put(key, json.dumps(plan).encode(), content_type="application/json")
    return plan


def before(files: Any, folder: str, day: str) -> list[str]:
    """Return the files of all days before one; keys have their day in front, so a listing has the oldest first."""
    return [file.key for file in takewhile(lambda file: file.key < f"{folder}{day}", files.list(folder))]


def pack(files: Any, key: str) -> None:
    """Put a log into the archive, then remove it; a log that is gone has been packed by the try before."""
    if files.exists(key):
        files.put(f"archive/{key}.gz", gzip.compress(files.read(key), mtime=0), content_type="application/gzip")
        files.delete(key)
