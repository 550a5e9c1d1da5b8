"""Child processes that cannot outlive this one, however it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Self

_KEEPER = Path(__file__).with_name("keeper.py")


class HeldProcess:
    """A command with a keeper: ended with its whole process group by ``stop``, and also when this process is killed."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        output: IO[bytes],
        folder: Path | None = None,
    ) -> None:
        """Start the command; ``folder`` is removed after it has ended."""
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", str(_KEEPER), str(folder or "-"), *command],
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """Process id of the keeper, whose only child is the command."""
        return self._keeper.pid

    def ended(self) -> bool:
        """Return whether the command is over."""
        return self._keeper.poll() is not None

    def wait(self) -> int:
        """Return the command's exit code once it is over; 128 and the signal's number where a signal ended it."""
        return self._keeper.wait()

    def stop(self) -> None:
        """End the command with everything it started: SIGTERM, five seconds, SIGKILL. Doing so twice is harmless."""
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()
        self._keeper.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
