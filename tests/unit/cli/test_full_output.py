"""An output that takes no more is a fault with a way out, whichever command wrote to it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import constructs_lib
from constructs_lib.cli import main
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


@pytest.mark.parametrize("output", [".", "nowhere/entries.jsonl"])
def test_an_export_to_a_place_that_takes_no_file_asks_nothing_of_aws(
    output: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_project(tmp_path) / "shop.json"
    file.write_text(json.dumps(fields()))
    with pytest.raises(SystemExit) as ended:
        main(["ledger", "export", str(file), "--output", str(tmp_path / output)])
    assert ended.value.code == 1
    assert "output-unwritable" in capsys.readouterr().err


def test_docs_are_written_in_a_checkout_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["docs", "--project", str(tmp_path)])
    assert ended.value.code == 1
    assert "project-missing" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
