"""A handler that does what its record says: wait at a gate, raise, or take its worker along."""

from __future__ import annotations

import os
import signal
from typing import Any
from urllib.request import urlopen

from functions.runtime import Permanent, Run, runner


@runner
def handle(record: dict[str, Any], run: Run) -> None:
    """Land a record, unless it says otherwise; a gate is a loopback address that answers when the test wants it to."""
    run.outputs.raw.put(record)
    if "gate" in record:
        with urlopen(record["gate"], timeout=60) as answer:
            if answer.read() == b"raise":
                raise RuntimeError("told to raise at the gate")
    if record.get("poison"):
        raise Permanent("told to refuse")
    if record.get("deadly"):
        os.kill(os.getpid(), signal.SIGKILL)
