"""Two small things that teams ask a platform for: keep the state of a control, and take a note of evidence about it."""

from __future__ import annotations

from typing import Any

from functions.runtime import Refused, Run, runner


@runner
def set_control(control: dict[str, Any], run: Run) -> dict[str, Any]:
    """Keep the state of a control under its revision; one that comes late leaves the newer one as it is."""
    if control["control_id"] != run.record["path"]["control_id"]:
        raise Refused(409, "control-elsewhere", "the control has another id than the path")
    run.outputs.controls.put({**control, "run_token": run.token}, if_newer="revision")
    return {"control_id": control["control_id"], "revision": control["revision"], "evidence": run.token}


@runner
def post_note(note: dict[str, Any], run: Run) -> None:
    """Keep the note as it came; the ledger says when, under which contract, and where it lies."""
    run.outputs.raw.put(note)
