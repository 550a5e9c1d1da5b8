"""The process that runs CDK: how often Python calls it, and how much memory both have taken."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


class CallCounter:
    """Counts the calls into the jsii kernel between ``start`` and ``stop``; each crosses a process."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.calls = 0
        self._send: Any = None

    def start(self) -> None:
        """Stand between Python and the kernel's process from now on."""
        node = _node()
        self._send = node.send
        node.send = self._counted

    def stop(self) -> None:
        """Step aside."""
        _node().send = self._send

    def _counted(self, *arguments: Any) -> Any:
        self.calls += 1
        return self._send(*arguments)


def peak_megabytes() -> float:
    """Return the peak memory of this process and the kernel's together; the sum is an upper bound."""
    return sum(_peak_kilobytes(process) for process in (os.getpid(), _node()._process.pid)) / 1024


def _node() -> Any:
    import jsii

    return jsii.kernel.provider._process  # type: ignore[attr-defined]


def _peak_kilobytes(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
