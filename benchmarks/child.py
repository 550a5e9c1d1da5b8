"""Fresh Python processes: what is measured at a start must not find anything imported already."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Finished:
    """One child: its wall time and CPU time in seconds with those of its own children, and what it reported."""

    wall: float
    cpu: float
    report: dict[str, Any]


def run_python(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Finished:
    """Run this interpreter with ``arguments``; the last line that the child prints is its report, as JSON.

    Raises:
        RuntimeError: the child failed; the message holds what it wrote.
    """
    before, started = _cpu_of_children(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=clean_environment() | dict(environment or {}),
    )
    wall = time.perf_counter() - started
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    lines = done.stdout.strip().splitlines()
    return Finished(wall, _cpu_of_children() - before, json.loads(lines[-1]) if lines else {})


def clean_environment() -> dict[str, str]:
    """Return this environment with Node of the same environment, with byte code, without CDK's built-in validation."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    node = Path(sys.executable).parent / "node"
    if node.exists():
        kept["JSII_NODE"] = str(node)
    return kept | {"CDK_VALIDATION": "false"}


# With the first one set, importing aws_cdk takes 7 s instead of 1 s; the others would change what is imported.
_NOT_INHERITED = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONPROFILEIMPORTTIME", "AWS_PROFILE"}


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
