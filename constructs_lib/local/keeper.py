"""Runs one command and ends it, with all it started, when its starter closes stdin or dies.

A plain script on the standard library, started as ``python -I keeper.py FOLDER COMMAND…``. The command gets a process
group of its own: SIGTERM to the group, five seconds, then SIGKILL. Afterwards FOLDER is removed, unless it is ``-``.
The exit code is the command's.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

GRACE_SECONDS = 5.0


def end_group(child: subprocess.Popen[bytes]) -> None:
    """No process of the child's group is left; the child's own exit code is kept."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(GRACE_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def main() -> int:
    """Hold the command until it ends or stdin closes; return its exit code."""
    folder, *command = sys.argv[1:]
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _outlive)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    over = threading.Event()
    threading.Thread(target=_tell_when_ended, args=(child, over), daemon=True).start()
    threading.Thread(target=_tell_when_let_go, args=(over,), daemon=True).start()
    over.wait()
    end_group(child)
    if folder != "-":
        shutil.rmtree(folder, ignore_errors=True)
        if Path(folder).exists():  # a process of another keeper was still writing
            shutil.rmtree(folder, ignore_errors=True)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _outlive(*_: object) -> None:
    """Ignore the signal; unlike SIG_IGN this is not inherited by the command."""


def _tell_when_ended(child: subprocess.Popen[bytes], over: threading.Event) -> None:
    child.wait()
    over.set()


def _tell_when_let_go(over: threading.Event) -> None:
    sys.stdin.buffer.read()
    over.set()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
