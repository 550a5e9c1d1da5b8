"""``pipelines check`` prints every fault, ends with 0, 1 or 2, and needs neither CDK nor Node."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

import constructs_lib
from constructs_lib.cli import command_names, main
from tests.declarations import fields, write_project
from tests.unit.declaration.bad_input import shipped_catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(constructs_lib.__file__).parents[1]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = write_project(tmp_path) / "good.yaml"
    file.write_text(yaml.safe_dump(fields()), encoding="utf-8")
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = write_project(tmp_path) / "bad.yaml"
    file.write_text(yaml.safe_dump(fields(ownr="x", queue={"visibility_timeout": "1s"})), encoding="utf-8")
    return file


def run(arguments: Sequence[object]) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_valid_declarations_end_with_0(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", good]) == 0
    out, err = capsys.readouterr()
    assert out == f"{good}: shop-orders is valid\n"
    assert err == ""


def test_faults_of_every_file_are_printed_and_end_with_1(
    good: Path, bad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", bad, good, bad.parent / "none.yaml"]) == 1
    out, err = capsys.readouterr()
    assert "shop-orders is valid" in out
    assert f"{bad}:" in err
    assert "queue.visibility_timeout [visibility-too-short]" in err
    assert "did you mean owner?" in err
    assert "none.yaml [file-missing]" in err
    assert "3 faults" in err
    assert "Traceback" not in err


def test_programs_get_json(good: Path, bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--format", "json", good, bad]) == 1
    result = json.loads(capsys.readouterr().out)
    assert result["valid"] is False
    assert result["pipelines"] == [{"file": str(good), "pipeline": "shop-orders"}]
    assert {fault["code"] for fault in result["faults"]} == {"unknown-field", "visibility-too-short"}
    assert all(fault["file"] == str(bad) and fault["line"] for fault in result["faults"])


def test_an_own_catalogue_is_used(good: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(shipped_catalog().replace("  small:", "  tiny:"), encoding="utf-8")
    assert run(["check", good]) == 0
    assert run(["check", good, "--catalog", own]) == 1


def test_a_faulty_catalogue_is_told_without_a_traceback(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.yaml").write_text("a: 1")
    assert run(["check", good, "--catalog", tmp_path / "own.yaml"]) == 1
    assert "[catalog-wrong]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["check"], ["check", "a.yaml", "--format", "xml"], ["chek"], ["check", "--no-such"]]
)
def test_a_wrong_use_ends_with_2(arguments: list[str]) -> None:
    assert run(arguments) == 2


def test_markup_and_control_characters_in_a_declaration_are_printed_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text('owner: "[bold]\\e[31m"\n"\\e[2J": 1\n')
    assert run(["check", file]) == 1
    err = capsys.readouterr().err
    assert "[bold]" in err
    assert "\x1b" not in err


def test_the_command_finds_itself_by_its_module() -> None:
    assert {"check", "schema"} <= set(command_names())
    assert not any(name.startswith("_") for name in command_names())


def test_checking_imports_neither_cdk_nor_aws() -> None:
    script = (
        "import sys\nfrom constructs_lib.cli import main\n"
        "try:\n    main(['check', 'pipelines/shop-orders.yaml'])\nexcept SystemExit as e:\n    assert not e.code\n"
        "print([m for m in ('aws_cdk', 'jsii', 'constructs', 'boto3') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines() == ["pipelines/shop-orders.yaml: shop-orders is valid", "[]"]
