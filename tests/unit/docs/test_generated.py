"""The generated parts of the docs say what the code says, read well as plain text, and lead somewhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

import constructs_lib
from constructs_lib.cli import command_names, main
from constructs_lib.cli._reference import generated_files
from constructs_lib.cli._reference.kind_pages import KINDS, page_of
from constructs_lib.cli._reference.markdown import anchor, table
from constructs_lib.cli._reference.pictures import with_pictures
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.pipeline import PipelineDeclaration
from constructs_lib.error_codes import CODES
from constructs_lib.errors import DeclarationError
from constructs_lib.governance.review import all_rules
from constructs_lib.model.base import field_meanings
from tests.declarations import declare, fields, write_project

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(constructs_lib.__file__).parents[1]
DOCS = ROOT / "docs"
HTTP_PAGE = "docs/event-sources/http.md"
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]*)(#[^)\s]*)?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CELL = re.compile(r"(?<!\\)\|")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of everything that is generated, and of the pipelines that its pages draw."""
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copytree(ROOT / "pipelines", tmp_path / "pipelines")
    (tmp_path / "constructs_lib/declaration").mkdir(parents=True)
    schema = "constructs_lib/declaration/pipeline.schema.json"
    shutil.copy(ROOT / schema, tmp_path / schema)
    return tmp_path


def run(arguments: Sequence[object]) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def every_page() -> list[Path]:
    return sorted(DOCS.rglob("*.md"))


def test_nothing_in_the_repository_is_stale(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["docs", "--check", "--project", ROOT]) == 0, capsys.readouterr().out


def test_a_stale_file_is_named_and_left_as_it_is(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = checkout / HTTP_PAGE
    stale = file.read_text(encoding="utf-8").replace("| `burst`", "| `brust`")
    file.write_text(stale, encoding="utf-8")
    (checkout / "docs/reference/errors.md").unlink()
    assert run(["docs", "--check", "--project", checkout]) == 1
    assert capsys.readouterr().out.splitlines() == [f"stale: {HTTP_PAGE}", "stale: docs/reference/errors.md"]
    assert file.read_text(encoding="utf-8") == stale


def test_writing_brings_every_file_up_to_date_and_keeps_what_is_written_by_hand(checkout: Path) -> None:
    file = checkout / HTTP_PAGE
    fresh = file.read_text(encoding="utf-8")
    by_hand = "by hand\n"
    file.write_text(fresh.replace("| `burst`", "| `brust`") + by_hand, encoding="utf-8")
    assert run(["docs", "--project", checkout]) == 0
    assert file.read_text(encoding="utf-8") == fresh + by_hand
    assert run(["docs", "--check", "--project", checkout]) == 0


def test_writing_twice_changes_nothing(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["docs", "--project", checkout]) == 0
    capsys.readouterr()
    assert run(["docs", "--project", checkout]) == 0
    assert capsys.readouterr().out == ""


def test_a_page_without_a_place_for_its_fields_is_told(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = checkout / HTTP_PAGE
    file.write_text(file.read_text(encoding="utf-8").replace("<!-- end -->", ""), encoding="utf-8")
    assert run(["docs", "--project", checkout]) == 1
    error = capsys.readouterr().err
    assert "[docs-part-missing]" in error
    assert "<!-- fields: event_sources.http -->" in error
    assert "Traceback" not in error


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_page_of_a_kind_has_every_field_with_its_meaning(kind: type[PipelineDeclaration]) -> None:
    text = page(page_of(kind))
    meanings = field_meanings(kind)
    for name, field in kind.model_fields.items():
        assert f"| `{field.alias or name}`" in text
        assert meanings.get(name, "").replace("``", "`").replace("\n", " ") in text


def test_the_reference_has_every_section_and_the_pages_of_the_kinds() -> None:
    text = page("reference/declaration.md")
    for name, field in PipelineDeclaration.model_fields.items():
        assert (f"| `{name}`" in text) is not field.exclude
    for kind in KINDS:
        assert f"(../{page_of(kind)})" in text
    assert "## queue.dlq" in text


def test_defaults_are_written_as_in_a_declaration() -> None:
    text = page("reference/declaration.md") + page("event-sources/http.md")
    rows = {
        cells[1].strip(): [cell.strip() for cell in cells]
        for cells in map(CELL.split, text.splitlines())
        if len(cells) > 4
    }
    assert rows["`interval`"][2:4] == ["duration", "`2s`"]
    assert rows["`tolerance`"][2:4] == ["duration", "`5m`"]
    assert rows["`retention`"][2:4] == ["duration", "`400d`"]
    assert rows["`ttl`"][2:4] == ["duration", "absent"]
    assert rows["`errors`"][2:4] == ["list of text", "`[Recoverable]`"]
    assert rows["`backoff_rate`"][2:4] == ["number from 1 to 100", "`2`"]
    assert rows["`secret`"][2:4] == ["name of a secret", "required"]
    assert rows["`network`"][2:4] == ["[`public`](../network-profiles/public.md)", "`public`"]
    assert rows["`expires`"][2:4] == ["date", "required"]


def test_every_code_of_a_fault_is_explained() -> None:
    text = page("reference/errors.md")
    assert {code for code in CODES if f"| `{code}`" not in text} == set()


def test_every_variable_of_a_deployed_function_is_explained(tmp_path: Path) -> None:
    text = page("reference/environment.md")
    plan = plan_pipeline(declare(tmp_path))
    names = {variable.name for function in plan.functions for variable in function.environment}
    assert "PIPELINE_WEBHOOK" in names
    assert {name for name in names if f"`{name}`" not in text} == set()
    assert re.findall(r"^\| `\w+` +\|  \|$", text, re.MULTILINE) == []


def test_every_command_is_explained_with_its_options() -> None:
    text = page("reference/commands.md")
    assert [name for name in command_names() if f"## {name}" not in text] == []
    assert "pipelines check FILE... [OPTIONS]" in text
    assert "`--check`" in text


def test_the_index_of_rules_has_every_rule_with_its_decision() -> None:
    text = page("rules/index.md")
    for rule in all_rules():
        row = next(line for line in text.splitlines() if f"({rule.slug}.md)" in line)
        assert f"`{rule.decision.value}`" in row
        assert rule.requirement in row


@pytest.mark.parametrize("file", every_page(), ids=lambda file: file.relative_to(DOCS).as_posix())
def test_every_link_leads_to_a_page_and_a_heading(file: Path) -> None:
    for target, fragment in LINK.findall(file.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        aim = (file.parent / target).resolve() if target else file
        assert aim.exists(), target
        if fragment:
            assert fragment in {anchor(heading) for heading in HEADING.findall(aim.read_text(encoding="utf-8"))}


@pytest.mark.parametrize(
    "name",
    [
        file.relative_to(ROOT).as_posix()
        for file in generated_files(ROOT)
        if file.suffix == ".md" and not file.is_relative_to(ROOT / "examples")
    ],
)
def test_a_row_has_as_many_cells_as_its_heading(name: str) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert tables
    for found in tables:
        assert len({len(CELL.split(row)) for row in found.splitlines()}) == 1


def test_columns_stand_below_each_other_and_a_bar_in_a_text_ends_no_cell() -> None:
    assert table(("a", "longer"), [("one|two", "x"), ("b", "y")]).splitlines() == [
        "| a        | longer |",
        "|----------|---|",
        "| one\\|two | x |",
        "| b        | y |",
    ]


def picture_in(folder: Path) -> str:
    """Return the README of a project whose one pipeline is drawn in it."""
    (folder / "README.md").write_text("Before\n<!-- diagram: pipelines/a.yaml -->\nold\n<!-- end -->\nAfter\n")
    return with_pictures(folder / "README.md")


def test_a_page_shows_the_pipeline_that_its_mark_names(tmp_path: Path) -> None:
    write_project(tmp_path / "pipelines")
    (tmp_path / "pipelines/a.yaml").write_text(yaml.safe_dump(fields()))
    signed = picture_in(tmp_path)
    assert signed.startswith("Before\n<!-- diagram: pipelines/a.yaml -->\n\n```mermaid\nflowchart LR\n")
    assert signed.endswith("```\n\n<!-- end -->\nAfter\n")
    assert "old" not in signed
    assert "verify" in signed
    (tmp_path / "pipelines/a.yaml").write_text(
        yaml.safe_dump(fields(source={"type": "queue"}, tenant=None, idempotency={"key": ["body.order_id"]}))
    )
    assert "verify" not in picture_in(tmp_path)


def test_a_picture_of_a_faulty_declaration_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="file-missing"):
        picture_in(tmp_path)


def test_the_index_leads_to_every_page_except_those_of_single_rules() -> None:
    linked = {(DOCS / target).resolve() for target, _ in LINK.findall(page("index.md")) if target}
    expected = {file for file in every_page() if file.name != "index.md" or file.parent.name == "rules"}
    expected -= {DOCS / "rules" / f"{rule.slug}.md" for rule in all_rules()}
    assert {file.relative_to(DOCS).as_posix() for file in expected - linked} == set()
