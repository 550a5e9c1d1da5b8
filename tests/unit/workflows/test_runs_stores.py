"""Steps in memory have the stores and secrets that each declares, and gates can be closed as well as opened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from constructs_lib.drills.workflows import Refusal, workflow_run

if TYPE_CHECKING:
    from pathlib import Path

HANDLERS = """
from functions.runtime import Run, runner


@runner
def look(order: dict, run: Run) -> dict:
    return {"left": run.stores.stock.get(order["sku"])["left"], "key": run.secrets["carrier-key"]}


@runner
def take(order: dict, run: Run) -> None:
    run.stores.stock.update(order["sku"], add={"left": -1})


@runner
def pry(order: dict, run: Run) -> None:
    run.stores.stock.get(order["sku"])
"""
DECLARATION = """
version: 1
pipeline: picking
owner: shop@example.com
source: { type: queue }
idempotency: { key: [body.sku] }
stores:
  - { type: table, name: stock, partition_key: sku, access: read_write }
workflow:
  timeout: 1d
  steps:
    - { type: approval, name: gate, message: "{% $record.body.sku %}", timeout: 1h }
    - { type: task, name: look, handler: "handlers.picks:look", stores: [stock], secrets: [carrier-key] }
    - { type: task, name: take, handler: "handlers.picks:take", stores: [stock] }
    - { type: task, name: pry, handler: "handlers.picks:pry", critical: false, retry: { max_attempts: 1 } }
    - { type: succeed, name: done, output: "{% $look %}" }
"""
KETTLE = {"sku": "kettle"}
OPEN = {"gate": {"approved_by": "me"}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "__init__.py").write_text("")
    (tmp_path / "handlers" / "picks.py").write_text(HANDLERS)
    (tmp_path / "picking.yaml").write_text(DECLARATION)
    (tmp_path / "samples").mkdir()
    given = {"stores": {"stock": [{"sku": "kettle", "left": 3}]}}
    (tmp_path / "samples" / "picking.given.json").write_text(json.dumps(given))
    return tmp_path / "picking.yaml"


def test_steps_share_the_stores_that_they_declare_and_begin_with_what_is_given(file: Path) -> None:
    run = workflow_run(file, KETTLE, answers=OPEN)
    assert (run.status, run.output) == ("SUCCEEDED", {"left": 3, "key": "drill-value-of-carrier-key"})
    assert run.world.stores["stock"].items == [{"sku": "kettle", "left": 2}]


def test_a_step_has_no_store_that_only_others_declare(file: Path) -> None:
    warned = [entry for entry in workflow_run(file, KETTLE, answers=OPEN).world.entries() if entry.step == "pry"]
    assert [entry.status.value for entry in warned] == ["failed", "warned"]
    assert "store 'stock' is not declared" in str(warned[0].error_message)


def test_a_gate_can_be_refused_at_once(file: Path) -> None:
    run = workflow_run(file, KETTLE, answers={"gate": Refusal("no kettles today")})
    assert (run.status, run.error, run.cause) == ("FAILED", "ApprovalRejected", "no kettles today")


def test_a_handler_or_an_answer_for_no_step_is_told(file: Path) -> None:
    with pytest.raises(ValueError, match="handler of 'looks'; there are look, pry, take"):
        workflow_run(file, KETTLE, {"looks": lambda _order, _run: None})
    with pytest.raises(ValueError, match="answer of 'gates'; there are done, gate, look, pry, take"):
        workflow_run(file, KETTLE, answers={"gates": {}})
