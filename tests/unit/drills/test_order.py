"""What overtakes in its lane is found, and what only repeats, was given up or was written in another order is not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.simulation.actors import Declared
from constructs_lib.drills.simulation.order import Order
from constructs_lib.drills.simulation.seed import play
from constructs_lib.drills.simulation.summary import simulate
from constructs_lib.drills.subject import Subject
from functions.contract.ledger import Status
from tests.declarations import fields, write_project
from tests.unit.operations.evidence_world import entry

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from constructs_lib.drills.planned import Planned
    from functions.contract.ledger import LedgerEntry

LANE = {"a": [("m1", "t1"), ("m2", "t2")]}
KINDS: dict[str, dict[str, Any]] = {
    "fifo": {"source": {"type": "queue"}, "queue": {"fifo": True}},
    "http fifo": {
        "source": {"type": "http", "path": "/orders", "auth": {"type": "iam"}},
        "queue": {"fifo": True, "group_key": "body.order_id"},
    },
    "topic in envelopes": {"source": {"type": "topic", "raw_delivery": False}},
    "topic fifo": {"source": {"type": "topic"}, "queue": {"fifo": True}},
    "event_bus": {"source": {"type": "event_bus", "pattern": {"source": ["shop"]}}, "idempotency": None},
    "iot": {"source": {"type": "iot", "topic": "plants/+/readings"}},
    "s3": {"source": {"type": "s3"}, "idempotency": None, "contract": None},
    "s3 notification": {"source": {"type": "s3", "via": "notification"}, "idempotency": None, "contract": None},
    "dynamodb": {"source": {"type": "dynamodb", "partition_key": "id"}, "idempotency": None},
    "kinesis": {"source": {"type": "kinesis"}, "idempotency": None},
    "schedule": {"source": {"type": "schedule", "rate": "1h"}, "idempotency": None, "contract": None},
    "schedule that catches up": {
        "source": {"type": "schedule", "rate": "1h", "missed_run": "catch_up"},
        "idempotency": None,
        "contract": None,
    },
}
KEY = {"key": ["body.order_id"]}


def done(token: str, message: str, status: Status = Status.SUCCEEDED, request: str = "r") -> LedgerEntry:
    return replace(
        entry(token, message, status=status), request_id=f"{request}-{message}" if request == "r" else request
    )


@pytest.mark.parametrize(
    ("entries", "moved", "found"),
    [
        ([done("t1", "m1"), done("t2", "m2")], set(), []),
        ([done("t2", "m2"), done("t1", "m1")], set(), ["m2 before m1"]),
        ([done("t2", "m2")], set(), ["m2 before m1"]),
        ([done("t2", "m2")], {"m1"}, []),
        ([done("t1", "m1", Status.DEAD_LETTERED), done("t2", "m2")], set(), []),
        ([done("t1", "other"), done("t2", "m2")], set(), []),
        ([done("t2", "m2", request="one"), done("t1", "m1", request="one")], set(), []),
    ],
)
def test_what_overtakes_is_named(entries: list[LedgerEntry], moved: set[str], found: list[str]) -> None:
    assert list(Order(LANE, moved).overtaking(entries)) == found


def test_an_invocation_that_never_heard_of_its_completions_is_no_finding() -> None:
    entries = [done("t2", "m2", request="lost"), done("t1", "m1")]
    assert list(Order(LANE, (), {"lost"}).overtaking(entries)) == []


def subject(folder: Path, **changes: Any) -> Subject:
    declared = fields(**{"tenant": None, "idempotency": KEY, **changes})
    file = write_project(folder) / "shop-orders.json"
    file.write_text(json.dumps({"version": 1, **declared}))
    return Subject.named(str(file))


@pytest.mark.parametrize("kind", KINDS)
def test_no_world_of_a_source_loses_repeats_overtakes_or_leaves_anything_unexplained(tmp_path: Path, kind: str) -> None:
    summary = simulate(Declared(subject(tmp_path, **KINDS[kind])), 40, 25)
    assert [f"{one.seed}: {one.verdict} {one.problem}" for one in summary.bad] == []
    assert summary.crashes > 25


class Unordered(Declared):
    """A FIFO queue whose runner does not know that it is one."""

    def planned(self, random: Random, /) -> Planned:
        planned = super().planned(random)
        return replace(planned, settings=replace(planned.settings, ordered=False))


def test_a_runner_that_keeps_no_order_is_found(tmp_path: Path) -> None:
    actor = Unordered(subject(tmp_path, **KINDS["kinesis"]))
    found = [play(actor, seed).verdict.overtaking for seed in range(8)]
    assert any(found)
