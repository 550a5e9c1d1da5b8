"""The command line itself: help in both spellings, the version, and a wrong use."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from constructs_lib.cli import main

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", [[], ["check"], ["replay"], ["ledger"], ["ledger", "list"]])
def test_help_has_two_spellings_everywhere(command: list[str], option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command, option]) == 0
    assert "Usage: pipelines" in capsys.readouterr().out


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"serverless-pipelines {version('serverless-pipelines')}\n"


@pytest.mark.parametrize("wrong", [["nope"], ["--nope"], ["check"], ["check", "--format", "xml", "a.yaml"]])
def test_a_wrong_use_ends_with_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(wrong) == 2
    assert "Traceback" not in capsys.readouterr().err
