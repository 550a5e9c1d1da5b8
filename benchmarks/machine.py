"""What a measurement was made on, for readers who compare it with their own."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.child import clean_environment

DISTRIBUTIONS = ("aws-cdk-lib", "jsii", "cdk-nag", "aws-lambda-powertools", "boto3", "pydantic")


def describe() -> dict[str, str]:
    """Return the date, the machine, and the versions that decide the numbers."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs, {_memory()}, {platform.system()}",
        "load": f"{os.getloadavg()[0]:.1f} before the run (1 minute average)",
        "Python": platform.python_version(),
        "Node": _node(),
        **{name: importlib.metadata.version(name) for name in DISTRIBUTIONS},
    }


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"


def _node() -> str:
    node = clean_environment().get("JSII_NODE", "node")
    command = [str(Path(node)), "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().removeprefix("v")
