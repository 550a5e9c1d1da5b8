"""The examples on the pages of the kinds: every declaration loads and plans, and every handler runs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import constructs_lib
from constructs_lib.catalog import load_catalog
from constructs_lib.cli._reference.kind_pages import KINDS, page_of
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.governance.review import review
from constructs_lib.governance.rule import Subject
from functions.contract.raw import METADATA_PIPELINE, METADATA_RECORD_COUNT
from tests.declarations import write_project
from tests.runtime.fakes import BUCKET, World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.declaration import PipelineDeclaration
    from constructs_lib.model.base import Frozen
    from constructs_lib.model.workflow_state import WorkflowState

DOCS = Path(constructs_lib.__file__).parents[1] / "docs"
SOURCES = "event-sources"
FOLDERS = (SOURCES, "outputs", "stores", "network-profiles", "runner-classes", "workflow-states")
PAGES = sorted(file for folder in FOLDERS for file in (DOCS / folder).glob("*.md"))
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMPLETE = {"pipeline", "owner", "source"}
"""Fields without which nothing is a declaration."""


@dataclass(frozen=True)
class Example:
    """One complete declaration on a page."""

    page: Path
    number: int
    text: str

    def load(self, folder: Path) -> PipelineDeclaration:
        """Return the declaration, read from a file of a project that has the handler it names."""
        file = write_project(folder) / "pipeline.yaml"
        file.write_text(self.text, encoding="utf-8")
        return load_pipeline(file)

    def __str__(self) -> str:
        return f"{name(self.page)}#{self.number}"


def name(page: Path) -> str:
    return page.relative_to(DOCS).with_suffix("").as_posix()


def blocks(page: Path, language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(page.read_text(encoding="utf-8")) if found == language]


def examples(page: Path) -> list[Example]:
    read = ((text, yaml.safe_load(text)) for text in blocks(page, "yaml"))
    complete = [text for text, value in read if isinstance(value, dict) and value.keys() >= COMPLETE]
    return [Example(page, number, text) for number, text in enumerate(complete, 1)]


def kinds_of(declaration: PipelineDeclaration) -> set[type[Frozen]]:
    """Return every kind that a declaration chooses."""
    chosen = (declaration.source, declaration.taker, declaration.network, *declaration.outputs, *declaration.stores)
    steps = declaration.workflow.steps if declaration.workflow else ()
    return {type(kind) for kind in chosen} | {type(step) for step in every_step(steps)}


def every_step(steps: Iterable[WorkflowState]) -> Iterator[WorkflowState]:
    for step in steps:
        yield step
        for inner in step.scopes().values():
            yield from every_step(inner)


EXAMPLES = [example for page in (*PAGES, DOCS / "workflows.md") for example in examples(page)]
PYTHON = [(page, text) for page in sorted(DOCS.rglob("*.md")) for text in blocks(page, "python")]


def test_every_page_is_of_a_kind_and_every_kind_has_a_page() -> None:
    assert {DOCS / page_of(kind) for kind in KINDS} == set(PAGES)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_page_of_a_kind_shows_a_declaration_that_uses_it(kind: type[Frozen], tmp_path: Path) -> None:
    shown = [example.load(tmp_path) for example in examples(DOCS / page_of(kind))]
    assert shown, f"{page_of(kind)} has no complete declaration in a yaml block"
    assert any(kind in kinds_of(declaration) for declaration in shown)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_declaration_on_a_page_plans_without_a_finding(example: Example, tmp_path: Path) -> None:
    declaration = example.load(tmp_path)
    planned = plan_pipeline(declaration)
    assert planned.pipeline == declaration.pipeline
    assert planned.function(planned.runner).name.startswith(f"{planned.pipeline}-dev-")
    assert review([Subject(declaration, planned, load_catalog())], today=date.today()).findings == ()


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.page.parent.name == SOURCES], ids=str)
def test_a_source_page_names_the_fields_of_its_record(example: Example, tmp_path: Path) -> None:
    text = example.page.read_text(encoding="utf-8")
    fields = [field.partition(".")[0] for field in example.load(tmp_path).source.record_fields()]
    assert fields
    assert [field for field in fields if f"| `{field}.<name>` |" not in text] == []
    assert "| `body` |" in text


@pytest.mark.parametrize(("page", "text"), PYTHON, ids=[name(page) for page, _ in PYTHON])
def test_python_on_a_page_compiles(page: Path, text: str) -> None:
    compile(text, str(page), "exec")


def handler_of(page: str) -> Any:
    """Run the one Python block of a page and return the function that it decorates."""
    (text,) = blocks(DOCS / page, "python")
    names: dict[str, Any] = {}
    exec(compile(text, page, "exec"), names)  # noqa: S102 - the block is this repository's own
    return names["land_order"].function


def test_the_handler_of_the_raw_page_lands_what_was_received_token_for_token() -> None:
    world = World(handler_of("outputs/raw.md"), source="queue")
    world.send('{"total":  1.50,\n "order_id": "o-1"}')
    assert world.deliver() == {"batchItemFailures": []}
    assert world.landed() == ['{"total":  1.50,  "order_id": "o-1"}']


def test_landed_objects_lie_and_are_described_as_the_raw_page_says() -> None:
    world = World(handler_of("outputs/raw.md"), source="queue")
    world.send({"order_id": "o-1"}, {"order_id": "o-2"})
    world.deliver()
    (place,) = world.s3.objects
    assert re.fullmatch(
        rf"s3://{BUCKET}/raw/shop-orders/load_date=\d{{4}}-\d\d-\d\d/run_id=[^/]+/records\.ndjson", place
    )
    metadata = world.s3.metadata[place]
    assert (metadata[METADATA_PIPELINE], metadata[METADATA_RECORD_COUNT]) == ("shop-orders", "2")
    assert sorted(entry.location or "" for entry in world.entries()) == [f"{place}#1", f"{place}#2"]


def test_anything_else_that_is_put_lands_as_canonical_json() -> None:
    world = World(lambda order, run: run.outputs.raw.put({"b": 1, "a": order["order_id"]}), source="queue")
    world.send({"order_id": "o-1"})
    world.deliver()
    assert [json.loads(line) for line in world.landed()] == [{"a": "o-1", "b": 1}]
    assert world.landed() == ['{"a":"o-1","b":1}']
