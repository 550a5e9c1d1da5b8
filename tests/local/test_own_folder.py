"""A project that uses the library deploys its own folder to the embedded AWS, as the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import constructs_lib

ROOT = Path(constructs_lib.__file__).parents[1]
FILE = re.compile(r"^```\w+ (\S+\.\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def project(folder: Path) -> Path:
    """Write the files of the page; the settings of pytest say where the project begins."""
    files = dict(FILE.findall((ROOT / "docs" / "embedded-tests.md").read_text(encoding="utf-8")))
    assert len(files) == 4
    for name, text in {"pytest.ini": "[pytest]\n", **files}.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


def ran_in(folder: Path, emulator: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*command, "--emulator", str(emulator)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_project_on_the_page_is_deployed_and_its_test_passes(tmp_path: Path) -> None:
    ran = ran_in(project(tmp_path), ROOT / ".envs" / "emulator")
    assert ran.returncode == 0, ran.stdout
    assert "1 passed" in ran.stdout


def test_an_emulator_that_is_nowhere_is_told_and_how_it_is_made(tmp_path: Path) -> None:
    ran = ran_in(project(tmp_path), tmp_path / "nowhere")
    assert ran.returncode == 1
    assert "nowhere" in ran.stdout
    assert "environment-missing" in ran.stdout
