"""The picture of a fan-out shows who is told by what, each worker between its queues, and who joins the results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.cli._diagram import mermaid
from constructs_lib.cli._reference.example_page import Example, fan_out_pictures
from constructs_lib.composition import plan_pipeline
from tests.declarations import declare
from tests.unit.cli.test_diagram import ENDS, NODE

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.declaration.pipeline import PipelineDeclaration

WORKER = {"handler": "handlers.steps:make_thumbnail", "max_concurrency": 2}
WORKERS = [
    {**WORKER, "name": "captions", "outputs": ["raw", "our_papers"]},
    {**WORKER, "name": "small-pictures", "batch_size": 4, "outputs": ["our_papers"]},
]
OUTPUTS = [{"type": "raw"}, {"type": "s3", "name": "our_papers"}]
JOINED = {"fan_in": {"handler": "handlers.steps:import_rows"}}


def declared(folder: Path, **changes: Any) -> PipelineDeclaration:
    fan_out = {"workers": WORKERS, **changes.pop("fan_out", {})}
    return declare(folder, runner=None, outputs=OUTPUTS, fan_out=fan_out, **changes)


@pytest.mark.parametrize("more", [{}, JOINED], ids=["apart", "joined"])
def test_each_worker_stands_between_its_own_queues(tmp_path: Path, more: dict[str, Any]) -> None:
    text = mermaid(plan_pipeline(declared(tmp_path, **more)))
    assert 'runner ==>|"the record"| parts(["SNS topic<br/>shop-orders-dev-parts"])' in text
    assert 'parts --> worker1_queue[["to-small-pictures"]] -->|"batches of 4"| worker1\n' in text
    assert 'worker1["small-pictures<br/>256 MB, 30 s, at most 2"]' in text
    assert 'worker1 -->|"budget spent"| worker1_letters[["to-small-pictures-dlq"]] -.->|replay| worker1_queue' in text
    assert [f'worker{number} -->|"land"| raw' in text for number in range(2)] == [True, False]
    papers = 'output_our_papers[("S3 bucket<br/>shop-orders-dev-our-papers")]'
    assert text.count(f'-->|"our_papers"| {papers}') == (3 if more else 2)


def test_what_is_told_by_a_bus_in_items_says_how_many(tmp_path: Path) -> None:
    items = {"via": "event_bus", "items": "body.order_id", "max_items": 95, "batch_items": 10}
    text = mermaid(plan_pipeline(declared(tmp_path, fan_out=items)))
    assert 'runner ==>|"up to 10 messages"| parts(["EventBridge bus<br/>shop-orders-dev-parts"])' in text


def test_only_a_fan_out_with_a_join_shows_one_and_every_worker_leads_there(tmp_path: Path) -> None:
    apart, joined = (mermaid(plan_pipeline(declared(tmp_path, **more))) for more in ({}, JOINED))
    assert "groups" not in apart
    assert joined.count('-->|"its part"| groups') == len(WORKERS)
    assert joined.count("consolidator[") == 1
    assert 'consolidator["import_rows<br/>' in joined


def test_everything_that_an_arrow_of_a_fan_out_names_has_a_shape(tmp_path: Path) -> None:
    text = mermaid(plan_pipeline(declared(tmp_path, **JOINED)))
    named = {name for pair in ENDS.findall(text) for name in pair if name} - {"flowchart"}
    assert named - set(NODE.findall(text)) == set()
    assert "${" not in text


def test_the_page_of_examples_draws_each_fan_out_once(tmp_path: Path) -> None:
    plain = Example("plain", (declare(tmp_path),), "It works.")
    shared = Example("shared", (declared(tmp_path),), "It works.")
    assert list(fan_out_pictures((plain,))) == []
    told = "\n".join(fan_out_pictures((plain, shared)))
    assert told.count("### `shop-orders` of [shared]") == told.count("```mermaid") == 1
