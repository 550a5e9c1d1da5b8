"""The pinned CDK CLI in a clean environment; Node comes from the project's own environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from constructs_lib.errors import UserError
from constructs_lib.local.emulator import clean_environment
from constructs_lib.local.held import HeldProcess

_QUIET = ("--no-notices", "--no-version-reporting")


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed."""

    exit_code: int
    output: str


class CdkCli:
    """``cdk`` of one checkout: its scripts see ``environment`` and no credentials but those in it."""

    def __init__(self, root: Path, folder: Path, environment: Mapping[str, str], *, cwd: Path | None = None) -> None:
        """Take the CLI of ``root`` and run it in ``cwd``, which is ``folder`` by default; home is ``folder`` as well.

        Raises:
            UserError: ``environment-missing`` when Node or the CLI has not been installed.
        """
        self._folder = folder
        self._cwd = cwd or folder
        self._node = _installed(Path(sys.executable).with_name("node"))
        self._script = _installed(root / "node_modules" / "aws-cdk" / "bin" / "cdk")
        self._environment = {**clean_environment(folder), **environment, **_tooling(self._node, environment)}

    def try_run(self, *arguments: str) -> Ran:
        """Run one command to its end and return how it ended, whatever that is."""
        log = self._folder / f"cdk-{arguments[0]}.log"
        command = [str(self._node), str(self._script), *arguments, *_QUIET]
        with log.open("wb") as output:
            held = HeldProcess(command, env=self._environment, cwd=self._cwd, output=output)
        with held:
            exit_code = held.wait()
        return Ran(exit_code, log.read_text(errors="replace"))

    def run(self, *arguments: str) -> Ran:
        """Run one command.

        Raises:
            UserError: ``cdk-failed`` with the end of its output.
        """
        ran = self.try_run(*arguments)
        if ran.exit_code:
            raise UserError.of(
                "cdk-failed",
                f"cdk {arguments[0]}",
                f"exit code {ran.exit_code}: {ran.output.strip()[-2000:]}",
                "exit code 0",
                "read the output above",
            )
        return ran


def _tooling(node: Path, environment: Mapping[str, str]) -> dict[str, str]:
    # The jsii package cache belongs to the user, not to the run: filling it costs seconds.
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return {
        "PATH": f"{node.parent}{os.pathsep}{environment.get('PATH') or os.environ.get('PATH', os.defpath)}",
        "JSII_NODE": str(node),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT")
        or f"{cache}/aws/jsii/package-cache",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CI": "true",
    }


def _installed(path: Path) -> Path:
    if not path.exists():
        raise UserError.of(
            "environment-missing", str(path), "it is not installed", "the project's environments", "run `make demo`"
        )
    return path
