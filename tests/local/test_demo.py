"""``pipelines demo`` from the outside: after Ctrl-C nothing is left, and the next run shows every story."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from constructs_lib.cli import build_app
from constructs_lib.errors import UserError
from constructs_lib.local.stories import STORIES

ROOT = Path(__file__).parents[2]
PIPELINES = str(Path(sys.executable).with_name("pipelines"))
INTERRUPTED = 130
AS_FROM_A_TERMINAL = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""A shell lets what it runs in the background ignore an interrupt, and so do its children, these tests included."""


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start the demo in a process group of its own, as a shell would, with its temporary files in ``folder``."""
    output, temporary = folder / "output", folder / "temporary"
    temporary.mkdir()
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", AS_FROM_A_TERMINAL, PIPELINES, "demo"],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(temporary)},
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process, output
    finally:
        process.kill()
        process.wait()


def wait_for(output: Path, text: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while text not in output.read_text():
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.1)


def left_in(folder: Path) -> list[str]:
    return [path.name for path in (folder / "temporary").glob("pipelines-*")]


@pytest.mark.parametrize("moment", ["1. cdk synth", "3. cdk bootstrap", "5. a good order"])
def test_ctrl_c_ends_the_demo_with_130_and_leaves_no_process_and_no_folder(tmp_path: Path, moment: str) -> None:
    with running(tmp_path) as (process, output):
        wait_for(output, moment)
        started = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == INTERRUPTED
        assert started
        assert [one for one in started if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
        assert left_in(tmp_path) == []
    assert "Traceback" not in output.read_text()


def test_the_demo_shows_every_story_and_ends_with_0_and_leaves_nothing_but_a_picture(
    tmp_path: Path,
) -> None:
    process_began = time.time()
    with running(tmp_path) as (process, output):
        assert process.wait(240) == 0, output.read_text()
        assert left_in(tmp_path) == []
    shown = output.read_text()
    assert [story.title for story in STORIES if story.title not in shown] == []
    assert "NOT SO" not in shown
    for text in (
        "exit code 0",
        "RecordsLanded",
        "objects below raw",
        "Evidence ledger",
        "drawn into .pipelines/run.svg",
    ):
        assert text in shown
    drawn = ROOT / ".pipelines" / "run.svg"
    assert drawn.read_text(encoding="utf-8").startswith("<svg")
    assert drawn.stat().st_mtime > process_began


def test_a_checkout_without_its_environments_is_a_user_error_that_says_make_demo(tmp_path: Path) -> None:
    result = CliRunner().invoke(build_app(("demo",)), ["demo", "--project", str(ROOT), "--emulator", str(tmp_path)])
    assert isinstance(result.exception, UserError)
    assert result.exception.faults[0].code == "environment-missing"
    assert "make demo" in result.exception.faults[0].fix
