"""The picture of a plan: what starts a run, and every place that the handler reads or writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.cli import main
from constructs_lib.cli._diagram import mermaid
from constructs_lib.composition import plan_pipeline
from tests.declarations import declare, fields, write_project
from tests.unit.docs.test_kind_pages import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.docs.test_kind_pages import Example

QUEUED: dict[str, Any] = {"tenant": None, "contract": None, "idempotency": {"key": ["body.order_id"]}}
SOURCES = {
    "queue": ({"type": "queue"}, 'source(["senders"]) --> buffer'),
    "topic": ({"type": "topic"}, 'source(["SNS topic<br/>shop-orders-dev-topic"]) --> buffer'),
    "schedule": ({"type": "schedule", "rate": "15m"}, 'source(["rate(15 minutes)<br/>UTC"]) --> buffer'),
    "s3": ({"type": "s3"}, 'source(["S3 bucket<br/>shop-orders-dev-in"]) --> buffer'),
    "kinesis": (
        {"type": "kinesis"},
        'source(["Kinesis stream<br/>shop-orders-dev-stream"]) -->|"batches of 100"| runner',
    ),
}
NODE = re.compile(r"\b(\w+)(?:\[\[|\[\(|\(\[|\[\")")
ENDS = re.compile(r'(?:^ *|[|>] ?)(\w+)(?=$| [<-])|(\w+)(?=\[\[|\[\(|\(\[|\[")', re.MULTILINE)


def drawn(folder: Path, **changes: Any) -> str:
    return mermaid(plan_pipeline(declare(folder, **{**QUEUED, **changes})))


@pytest.mark.parametrize(("source", "line"), SOURCES.values(), ids=SOURCES)
def test_what_starts_a_run_stands_in_front(tmp_path: Path, source: dict[str, Any], line: str) -> None:
    key = None if source["type"] == "schedule" else QUEUED["idempotency"]
    assert line in drawn(tmp_path, source=source, idempotency=key)


def test_outputs_and_stores_have_the_names_that_the_handler_knows(tmp_path: Path) -> None:
    text = drawn(
        tmp_path,
        source={"type": "queue"},
        outputs=[
            {"type": "raw"},
            {"type": "queue", "name": "packing"},
            {"type": "s3", "name": "papers"},
            {"type": "http", "name": "crm", "url": "https://api.example.com/v1/{id}"},
        ],
        stores=[
            {"type": "table", "name": "stock", "partition_key": "sku"},
            {"type": "bucket", "name": "notes", "access": "read_write"},
            {"type": "bucket", "name": "old", "access": "delete"},
        ],
    )
    assert 'runner -->|"land"| raw' in text
    assert 'runner -->|"packing"| output1[["queue<br/>shop-orders-dev-packing-queue"]]' in text
    assert 'runner -->|"papers"| output2[("S3 bucket<br/>shop-orders-dev-papers")]' in text
    assert 'runner -->|"crm"| output3(["API<br/>https://api.example.com/v1/{id}"])' in text
    assert 'runner -->|"reads stock"| store0[("table<br/>shop-orders-dev-stock")]' in text
    assert 'runner -->|"deletes old"| store2[("S3 bucket<br/>shop-orders-dev-old")]' in text
    assert 'runner <-->|"reads, writes notes"| store1[("S3 bucket<br/>shop-orders-dev-notes")]' in text


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_everything_that_an_arrow_names_has_a_shape(example: Example, tmp_path: Path) -> None:
    text = mermaid(plan_pipeline(example.load(tmp_path)))
    named = {name for pair in ENDS.findall(text) for name in pair if name} - {"flowchart"}
    assert named - set(NODE.findall(text)) == set()
    assert "${" not in text


def test_the_picture_is_a_format_of_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import yaml

    file = write_project(tmp_path) / "pipeline.yaml"
    file.write_text(yaml.safe_dump(fields()), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["plan", str(file), "--format", "mermaid"])
    assert ended.value.code in {None, 0}
    assert capsys.readouterr().out.startswith("flowchart LR")
