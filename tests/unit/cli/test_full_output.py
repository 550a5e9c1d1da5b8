"""An output that takes no more is a fault with a way out, whichever command wrote to it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import constructs_lib
from tests.declarations import fields, write_project

ROOT = Path(constructs_lib.__file__).parents[1]
COMMAND = "from constructs_lib.cli import main; main()"


@pytest.mark.parametrize("command", ["check", "plan", "schema"])
def test_a_full_output_is_a_fault_without_a_traceback(command: str, tmp_path: Path) -> None:
    file = write_project(tmp_path) / "shop.json"
    file.write_text(json.dumps(fields()))
    words = [command] if command == "schema" else [command, str(file)]
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-c", COMMAND, *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            check=False,
        )
    assert ran.returncode == 1
    assert "standard output [output-unwritable]" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr
