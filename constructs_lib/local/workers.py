"""The processes in which the emulator runs functions: whose call is it, under which credentials, and how to end one."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

import psutil

_FUNCTION = "AWS_LAMBDA_FUNCTION_NAME"


@dataclass(frozen=True)
class Worker:
    """One process that serves one function under the session of the function's own role."""

    pid: int
    function: str
    access_key: str
    secret_key: str
    session_token: str


class Workers:
    """The workers of one emulator, found by its process tree."""

    def __init__(self, root_pid: int) -> None:
        """Look below the process that holds the emulator."""
        self._root_pid = root_pid

    def all(self) -> tuple[Worker, ...]:
        """Return the workers that live at the moment."""
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(self._root_pid).children(recursive=True)
            return tuple(worker for child in children if (worker := _worker(child)) is not None)
        return ()

    def of_connection(self, port: int) -> Worker | None:
        """Return the worker that holds the loopback connection from ``port``, or None when it is no worker's."""
        return next((worker for worker in self.all() if port in _ports(worker.pid)), None)

    def kill(self, worker: Worker) -> None:
        """End a worker at once, as a crash would: SIGKILL, no clean-up.

        The emulator may notice the end of an idle one later, and leaves it as a zombie until then.
        """
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(worker.pid)
            process.kill()
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.005)


def _worker(process: psutil.Process) -> Worker | None:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
        environment = process.environ()
        if _FUNCTION in environment:
            return Worker(
                pid=process.pid,
                function=environment[_FUNCTION],
                access_key=environment["AWS_ACCESS_KEY_ID"],
                secret_key=environment["AWS_SECRET_ACCESS_KEY"],
                session_token=environment["AWS_SESSION_TOKEN"],
            )
    return None


def _ports(pid: int) -> set[int]:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return {connection.laddr.port for connection in psutil.Process(pid).net_connections("tcp")}
    return set()
