"""Parts that a bus hands over on the embedded AWS: a large record as a whole, and the items of a stream in batches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.grants import uses_of
from constructs_lib.local.trial import Trial
from functions.contract.ledger import Status
from functions.contract.share import MAX_BYTES

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession

ORDER = {"order_id": "o-1", "note": "x" * (MAX_BYTES + 1000)}
ROWS = [{"row": number} for number in range(5)]


@pytest.fixture(scope="module")
def trial(empty_session: LocalSession, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    trial = Trial.of(Path(__file__).parent / "bus", empty_session, tmp_path_factory.mktemp("bus"))
    stream = trial.plans["bus-rows"].resource("stream").name
    data = json.dumps({"upload_id": "u-1", "rows": ROWS}).encode()
    trial.client("kinesis").put_record(StreamName=stream, Data=data, PartitionKey="u-1")
    trial.send("bus-orders", ORDER)
    return trial


def landed(trial: Trial, pipeline: str, parts: int) -> dict[str, Any]:
    """Return what each part has landed by its name, once so many have."""
    evidence = trial.evidence(pipeline)

    def done() -> dict[str, str]:
        entries = evidence.every_entry()
        return {one.step: one.run_token for one in entries if one.step and one.status is Status.SUCCEEDED}

    evidence.wait_until("every part has landed", lambda: len(done()) == parts)
    return {part: json.loads(evidence.landed(token)[0].text) for part, token in done().items()}


def test_what_no_event_holds_reaches_every_worker_whole(trial: Trial) -> None:
    found = landed(trial, "bus-orders", 2)
    assert found == {"keep": {"given": ORDER, "part": "keep"}, "count": {"characters": len(ORDER["note"])}}
    assert len(trial.evidence("bus-orders").objects("large")) == 1


def test_the_items_of_a_record_of_a_stream_come_in_batches(trial: Trial) -> None:
    found = landed(trial, "bus-rows", 3)
    batches = [ROWS[:2], ROWS[2:4], ROWS[4:]]
    assert found == {f"rows[{n}]": {"given": rows, "part": f"rows[{n}]"} for n, rows in enumerate(batches)}
    assert trial.evidence("bus-rows").objects("large") == ()


@pytest.mark.parametrize("pipeline", ["bus-orders", "bus-rows"])
def test_every_part_is_accounted_for_and_nobody_did_more_than_its_role_allows(trial: Trial, pipeline: str) -> None:
    evidence, plan = trial.evidence(pipeline), trial.plans[pipeline]
    assert plan.fan_out is not None
    queues = [worker.queue for worker in plan.fan_out.workers]
    evidence.wait_until("the queues are empty", lambda: not any(evidence.depth(queue) for queue in queues))
    found = trial.reconcile(pipeline)
    assert found.unexplained == ()
    uses = [use for use in uses_of(trial.session.aws, trial.session.proxy.calls) if use.function.startswith(pipeline)]
    assert {use.function for use in uses} == {function.name for function in plan.functions}
    assert [use for use in uses if not use.allowed] == []
