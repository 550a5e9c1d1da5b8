"""An express workflow is awaited: what it returns is the record's outcome, and the answer to whoever asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.environment import RequestSettings
from functions.contract.ledger import Status
from functions.contract.metric import RecordMetric
from functions.contract.workflow import Reference
from tests.runtime.steps.started import Starting

if TYPE_CHECKING:
    from pathlib import Path

ORDER = {"order_id": "o-1"}


def ending(world: Starting, **end: Any) -> Starting:
    world.states.ends = lambda given: end
    return world


def ask(world: Starting, number: int = 1) -> dict[str, Any]:
    context = {"requestId": f"request-{number}", "timeEpoch": 1_700_000_000_000}
    answer = world.ask({"body": json.dumps(ORDER), "requestContext": context})
    return {**answer, "body": json.loads(answer["body"])}


def test_a_workflow_that_succeeds_completes_its_record() -> None:
    world = Starting(express=True)
    world.send(ORDER)
    world.deliver()
    (entry,) = world.entries()
    assert (entry.status, entry.location) == (Status.SUCCEEDED, f"arn:express:{entry.run_token}")
    assert "letter" not in next(iter(world.states.executions.values()))


@pytest.mark.parametrize("error", ["Permanent", "Invalid", "Refused"])
def test_an_error_that_no_retry_cures_gives_the_record_up_at_once(error: str) -> None:
    world = ending(Starting(express=True), status="FAILED", error=error, cause="no")
    world.send(ORDER)
    world.deliver()
    assert [(entry.status.value, entry.error_type) for entry in world.entries()] == [("dead_lettered", error)]


@pytest.mark.parametrize(
    ("end", "name"),
    [
        ({"status": "FAILED", "error": "CardError", "cause": "no"}, "CardError"),
        ({"status": "TIMED_OUT"}, "States.Timeout"),
        ({"status": "FAILED"}, "States.Runtime"),
    ],
)
def test_any_other_error_is_tried_again_within_the_budget(end: dict[str, str], name: str) -> None:
    world = ending(Starting(express=True), **end)
    world.send(ORDER)
    world.until_quiet()
    assert [entry.error_type for entry in world.entries()] == [name] * 5
    assert world.statuses() == ["dead_lettered", *["failed"] * 4]


def test_what_the_workflow_returns_answers_the_request_and_every_repeat_of_it() -> None:
    world = ending(
        Starting(express=True, mode="sync", queue_url="", dlq_url=""), status="SUCCEEDED", output='{"paid": true}'
    )
    first, second = ask(world), ask(world, 2)
    assert (first["statusCode"], first["body"]) == (200, {"paid": True})
    assert second["body"] == first["body"]
    assert world.calls.names.count("StartSyncExecution") == 1


def test_a_request_whose_workflow_refuses_it_for_good_is_told_so() -> None:
    world = Starting(express=True, mode="sync", queue_url="", dlq_url="")
    answer = ask(ending(world, status="FAILED", error="Permanent", cause="secret details"))
    assert answer["statusCode"] == 422
    assert "secret" not in json.dumps(answer)


def test_a_result_whose_object_is_gone_is_no_answer() -> None:
    output = json.dumps(Reference("values/shop-orders/t/x.json", "0" * 64, 9).to_value())
    world = Starting(express=True, mode="sync", queue_url="", dlq_url="")
    assert ask(ending(world, status="SUCCEEDED", output=output))["statusCode"] == 422


SCHEMA = {"type": "object", "required": ["paid"], "properties": {"paid": {"type": "boolean"}}}


@pytest.mark.parametrize(
    ("output", "status", "ledger"),
    [('{"paid": true}', 200, "succeeded"), ('{"paid": "4111 secret"}', 500, "failed"), ("null", 500, "failed")],
)
def test_what_the_workflow_returns_is_an_answer_only_as_its_contract_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], output: str, status: int, ledger: str
) -> None:
    (tmp_path / "response.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    request = RequestSettings(response="response.json")
    world = Starting(express=True, mode="sync", queue_url="", dlq_url="", request=request)
    world.folder = tmp_path
    answer = ask(ending(world, status="SUCCEEDED", output=output))
    assert (answer["statusCode"], world.statuses()) == (status, [ledger])
    assert "secret" not in json.dumps(answer)
    assert (RecordMetric.RESPONSES_BROKEN in capsys.readouterr().out) == (status == 500)


def test_without_time_for_the_whole_workflow_none_is_begun() -> None:
    world = Starting(express=True, timeout=8.0)
    world.send(ORDER)
    assert world.deliver()["batchItemFailures"]
    assert not world.states.executions
    assert not world.entries()
