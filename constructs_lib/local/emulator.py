"""The emulated AWS as a child process: on loopback only, in a clean environment, with IAM enforced."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx

from constructs_lib.errors import UserError
from constructs_lib.local.custom_runtime import LOCAL_PYTHON
from constructs_lib.local.held import HeldProcess
from functions.contract.environment import Variable

REGION = "eu-central-1"
ACCOUNT = "000000000000"
WAIT_SCALE = 0.02
"""Waits of state machines and delays of their retries take a fiftieth of their time."""
ROOT_KEY = "test"
"""The emulator's root credentials: its default account; unsigned HTTP API calls find only what is deployed there."""
LOOPBACK = "127.0.0.1"
LONGEST_RESET = 90.0
"""Seconds that functions in work may keep the emulator from emptying the account: until their own time is over."""
_START_SECONDS = 20.0


def aws_environment(endpoint: str) -> dict[str, str]:
    """Return the settings with which AWS's tools reach the emulator and nothing else."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def clean_environment(folder: Path, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return an environment without credentials, with only the search path; home and temporary files in ``folder``."""
    return {"PATH": inherited.get("PATH", os.defpath), "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8"}


def emulator_program(environment: Path) -> Path:
    """Return the emulator's program in its own virtual environment.

    Raises:
        UserError: ``environment-missing`` when the environment has not been built.
    """
    program = environment.absolute() / "bin" / "ministack"
    if not program.is_file():
        raise UserError.of(
            "environment-missing",
            str(environment),
            "the emulator is not installed here",
            "a virtual environment with ministack in it",
            "run `make demo`, which builds it; in a project of your own: docs/embedded-tests.md",
        )
    return program


def free_port() -> int:
    """Return a loopback port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


class Emulator:
    """The emulator while the context is open; afterwards neither a process nor ``folder`` is left."""

    def __init__(self, environment: Path, folder: Path | None = None, wait_scale: float = WAIT_SCALE) -> None:
        """Choose the port and the folder; nothing is started yet. ``wait_scale`` shrinks the waits of workflows."""
        self._wait_scale = wait_scale
        self.program = emulator_program(environment)
        self.folder = folder or Path(tempfile.mkdtemp(prefix="pipelines-"))
        self.port = free_port()
        self.log = self.folder / "emulator.log"
        self.stand_ins = self.folder / "stand-ins.json"
        """What stands in for hosts of others: functions read it when they first connect."""
        self._process: HeldProcess | None = None

    def start(self, proxy_url: str) -> None:
        """Start the server, whose functions will call ``proxy_url``, and wait until it answers.

        Raises:
            UserError: ``emulator-failed`` with the end of its log.
        """
        with self.log.open("wb") as output:
            self._process = HeldProcess(
                [str(self.program)],
                env=self._environment(proxy_url),
                cwd=self.folder,
                output=output,
                folder=self.folder,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._healthy():
            if self._process.ended() or time.monotonic() > deadline:
                raise self._failed()
            time.sleep(0.03)

    @property
    def pid(self) -> int:
        """Process id of the keeper, the root of the process tree of the server and its workers."""
        if self._process is None:
            raise RuntimeError("the emulator is not started")
        return self._process.pid

    def reset(self) -> None:
        """Forget every resource and end every worker; the next deployment finds an empty account."""
        self._ask("POST", "/_ministack/reset", timeout=LONGEST_RESET).raise_for_status()

    def stop(self) -> None:
        """End the server and its workers and remove the folder."""
        if self._process is not None:
            self._process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _environment(self, proxy_url: str) -> dict[str, str]:
        # Functions inherit all of this, so it holds nothing that they must not see.
        return {
            **clean_environment(self.folder),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": LOOPBACK,
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "AUTH": "true",
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "AWS_ENDPOINT_URL": proxy_url,
            "SFN_WAIT_SCALE": str(self._wait_scale),
            LOCAL_PYTHON: str(self.program.parent / "python"),
            Variable.STAND_INS: str(self.stand_ins),
        }

    def _healthy(self) -> bool:
        try:
            return self._ask("GET", "/_ministack/health").is_success
        except httpx.TransportError:
            return False

    def _ask(self, method: str, path: str, timeout: float = 30) -> httpx.Response:
        return httpx.request(method, f"http://{LOOPBACK}:{self.port}{path}", timeout=timeout, trust_env=False)

    def _failed(self) -> UserError:
        tail = self.log.read_text(errors="replace")[-800:].strip() if self.log.exists() else ""
        return UserError.of(
            "emulator-failed",
            str(self.program),
            f"the emulator did not answer within {_START_SECONDS:.0f} s: {tail[-200:] or 'its log is empty'}",
            "a server that listens on loopback",
            "rebuild its environment with `make clean demo`",
        )
