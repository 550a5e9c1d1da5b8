"""A child process ends with everything it started, whether it is stopped or its parent is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from constructs_lib.local.held import HeldProcess

ROOT = Path(__file__).parents[3]
FAMILY = "sleep 600 & echo $! > {file}; exec sleep 600"
PARENT = """
import sys, time
from pathlib import Path
from constructs_lib.local.held import HeldProcess
folder = Path(sys.argv[1])
with (folder.parent / "log").open("wb") as log:
    HeldProcess(["sh", "-c", sys.argv[2]], env={"PATH": "/usr/bin:/bin"}, cwd=folder, output=log, folder=folder)
time.sleep(600)
"""


def hold(command: list[str], tmp_path: Path, folder: Path | None = None) -> HeldProcess:
    with (tmp_path / "log").open("wb") as log:
        return HeldProcess(command, env={"PATH": os.environ["PATH"]}, cwd=tmp_path, output=log, folder=folder)


def wait_for(file: Path) -> int:
    deadline = time.monotonic() + 10
    while not (file.exists() and file.read_text().strip()):
        assert time.monotonic() < deadline, f"{file} was not written"
        time.sleep(0.02)
    return int(file.read_text())


def gone(pid: int) -> bool:
    try:
        psutil.Process(pid).wait(10)
    except psutil.NoSuchProcess:
        return True
    return not psutil.pid_exists(pid)


def test_the_exit_code_and_the_output_are_those_of_the_command(tmp_path: Path) -> None:
    with hold(["sh", "-c", "echo said; exit 7"], tmp_path) as held:
        assert held.wait() == 7
    assert (tmp_path / "log").read_text() == "said\n"


def test_stopping_ends_the_command_with_its_children_and_removes_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    file = tmp_path / "pid"
    held = hold(["sh", "-c", FAMILY.format(file=file)], tmp_path, folder)
    grandchild = wait_for(file)
    family = psutil.Process(held.pid).children(recursive=True)
    held.stop()
    assert gone(grandchild)
    assert [process for process in family if process.is_running()] == []
    assert not folder.exists()


def test_a_command_that_ignores_the_polite_signal_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    held = hold(["sh", "-c", f"trap '' TERM; echo $$ > {file}; while :; do sleep 1; done"], tmp_path)
    stubborn = wait_for(file)
    held.stop()
    assert gone(stubborn)


def test_killing_the_parent_leaves_neither_a_process_nor_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    file = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(folder), FAMILY.format(file=file)], cwd=ROOT)
    grandchild = wait_for(file)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert gone(grandchild)
    deadline = time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not folder.exists()
