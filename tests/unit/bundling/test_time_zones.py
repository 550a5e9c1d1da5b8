"""Schedules find their time zones in the layer, whatever the runtime's operating system has."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from constructs_lib.patterns.bundling import Bundler

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
from functions.contract.ticks import Timetable, parse_time, time_text
print(time_text(next(Timetable("cron(30 1 * * ? *)", "Asia/Kolkata").after(parse_time("2026-11-21T00:00:00Z")))))
"""


def ran(*paths: Path) -> subprocess.CompletedProcess[str]:
    """Run the script on these import paths alone, on a system without time zones."""
    settings = {**os.environ, "PYTHONTZPATH": "", "PYTHONPATH": os.pathsep.join(map(str, paths))}
    command = [sys.executable, "-S", "-c", SCRIPT]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=settings, cwd=paths[0])


def test_the_layer_brings_the_time_zones_that_a_system_may_lack(tmp_path: Path) -> None:
    with zipfile.ZipFile(Bundler(cache=tmp_path / "cache").runtime_layer().archive) as archive:
        archive.extractall(tmp_path / "layer")
    layer = tmp_path / "layer" / "python"
    done = ran(layer)
    assert (done.stdout.strip(), done.stderr) == ("2026-11-21T20:00:00Z", "")
    (layer / "tzdata").rename(tmp_path / "tzdata-away")
    assert "ZoneInfoNotFoundError" in ran(layer).stderr
