"""What one synthesis takes: seconds by phase, calls into the kernel, memory."""

from __future__ import annotations

import json
import time

from benchmarks.synth.kernel import CallCounter, peak_megabytes


class Phases:
    """Seconds by phase, from the making of this object on; nothing that is measured may be imported before."""

    def __init__(self) -> None:
        """Start the watch."""
        self._last = time.perf_counter()
        self._seconds: dict[str, float] = {}
        self._counter: CallCounter | None = None

    def end(self, phase: str) -> None:
        """Note that ``phase`` has ended now."""
        now = time.perf_counter()
        self._seconds[phase] = now - self._last
        self._last = now

    def count_calls(self) -> None:
        """Count calls into the kernel from now on, which makes each a little slower."""
        self._counter = CallCounter()
        self._counter.start()

    def print(self) -> None:
        """Print the report that ``run_python`` reads."""
        calls = self._counter.calls if self._counter else None
        print(json.dumps({"phases": self._seconds, "peak_mb": peak_megabytes(), "kernel_calls": calls}))
