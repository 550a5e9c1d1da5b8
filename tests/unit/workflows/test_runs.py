"""A workflow runs in memory with its real handlers: waiting takes no time, and evidence is what AWS would have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import Fault, at
from constructs_lib.drills.workflows import WorkflowRun, workflow_run
from functions.runtime.errors import Permanent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from functions.runtime import Run

HANDLERS = """
from functions.runtime import Run, runner


@runner
def pay(order: dict, run: Run) -> dict:
    return {"paid": order["total"]}


@runner
def ship(paid: dict, run: Run) -> str:
    return f"shipped for {paid['paid']}"


@runner
def refund(paid: dict, run: Run) -> None:
    return None
"""
DECLARATION = """
version: 1
pipeline: fulfilment
owner: shop@example.com
source: { type: queue }
idempotency: { key: [body.order_id] }
workflow:
  timeout: 1d
  steps:
    - type: task
      name: pay
      handler: handlers.steps:pay
      timeout: 30s
      undo: { handler: handlers.steps:refund, timeout: 30s }
    - { type: wait, name: rest, duration: 20m }
    - { type: task, name: ship, handler: handlers.steps:ship, timeout: 30s, input: "{% $pay %}" }
"""
ORDER = {"order_id": "o-1", "total": 5}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "__init__.py").write_text("")
    (tmp_path / "handlers" / "steps.py").write_text(HANDLERS)
    (tmp_path / "fulfilment.yaml").write_text(DECLARATION)
    return tmp_path / "fulfilment.yaml"


def statuses(run: WorkflowRun) -> list[tuple[str, str | None]]:
    return [(entry.status.value, entry.step) for entry in run.world.entries()]


def test_twenty_minutes_of_waiting_take_no_time(file: Path) -> None:
    run = workflow_run(file, ORDER)
    assert (run.status, run.output) == ("SUCCEEDED", "shipped for 5")
    assert 1200 <= run.elapsed < 1201
    assert statuses(run) == [("succeeded", "pay"), ("succeeded", "ship"), ("succeeded", None)]
    assert run.world.letters() == []


def test_a_step_that_fails_for_good_is_undone_and_dead_lettered(file: Path) -> None:
    refunded: list[Any] = []

    def no_depot(_paid: Any, _run: Run) -> None:
        raise Permanent("no depot")

    def refund(paid: Any, _run: Run) -> None:
        refunded.append(paid)

    run = workflow_run(file, ORDER, {"ship": no_depot, "pay_undo": refund})
    assert (run.status, run.error, run.cause) == ("FAILED", "Permanent", "no depot")
    assert refunded == [{"paid": 5}]
    assert [status for status, _ in statuses(run)] == ["succeeded", "failed", "undone", "dead_lettered"]
    assert len(run.world.letters()) == 1


def test_a_call_that_ends_its_worker_repeats_no_effect_that_is_known(file: Path) -> None:
    calls = len(workflow_run(file, ORDER).world.world.calls.names)
    assert calls > 6
    for index in range(calls):
        run = workflow_run(file, ORDER, faults=at(index, Fault.KILLED_AFTER))
        assert (run.status, run.output) == ("SUCCEEDED", "shipped for 5"), (index, run.cause)
        told = [step or "the run" for status, step in statuses(run) if status == "succeeded"]
        assert sorted(told) == ["pay", "ship", "the run"]


def redriven(file: Path, refund: Callable[[Any, Run], object]) -> int:
    """Let a run fail after its payment and redrive it; return how often it was paid."""
    paid: list[Any] = []
    broken = [True]

    def pay(order: Any, _run: Run) -> Any:
        paid.append(order)
        return {"paid": order["total"]}

    def ship(_paid: Any, _run: Run) -> str:
        if broken[0]:
            raise Permanent("no depot")
        return "shipped"

    run = workflow_run(file, ORDER, {"pay": pay, "ship": ship, "pay_undo": refund})
    broken[0] = False
    again = run.world.start(ORDER, redrive=1)
    run.world.run()
    assert (again.status, again.output) == ("SUCCEEDED", "shipped")
    return len(paid)


def test_a_redrive_does_again_what_was_undone(file: Path) -> None:
    refunded: list[Any] = []
    assert redriven(file, lambda paid, _run: refunded.append(paid)) == 2
    assert len(refunded) == 1


def test_a_redrive_does_finished_steps_no_second_time(file: Path) -> None:
    def refund(_paid: Any, _run: Run) -> None:
        raise Permanent("no such payment")

    assert redriven(file, refund) == 1
