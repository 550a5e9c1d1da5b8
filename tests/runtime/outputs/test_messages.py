"""Queue and topic: messages leave after the handler, few calls for many, and each record has its own result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.drills.memory.faults import Fault, always
from functions.contract.environment import OutputSettings
from functions.contract.identity import run_token
from functions.contract.ledger import Status
from functions.runtime.outputs.queue import QueueDraft
from tests.runtime.fakes import World, orders

if TYPE_CHECKING:
    from functions.runtime import Run

URL = "https://queue/notices"
ARN = "arn:aws:sns:eu-central-1:111122223333:notices"
QUEUE = OutputSettings("notices", "queue", URL)
TOPIC = OutputSettings("notices", "topic", ARN)


def put(order: Any, run: Run) -> None:
    run.outputs.notices.put(order)


def world_of(output: OutputSettings, handler: Any = put, **changes: Any) -> World:
    return World(handler, outputs=(output,), **changes)


def sent(world: World) -> list[Any]:
    """Return what arrived, as entries of SNS or messages of SQS."""
    return [*world.clients.sns.published.get(ARN, []), *world.sqs.queue(URL)]


BOTH = pytest.mark.parametrize("output", [QUEUE, TOPIC], ids=lambda output: output.type)


@BOTH
def test_a_batch_leaves_in_one_call_and_is_recorded(output: OutputSettings) -> None:
    world = world_of(output)
    world.send(*orders(10))
    world.deliver()
    assert len(sent(world)) == 10
    assert len([name for name in world.calls.names if name in ("SendMessageBatch", "PublishBatch")]) == 1
    assert world.statuses() == ["succeeded"] * 10


@BOTH
def test_the_id_is_the_run_token_and_the_place_and_the_same_at_every_try(output: OutputSettings) -> None:
    def twice(order: Any, run: Run) -> None:
        run.outputs.notices.put(order)
        run.outputs.notices.put({"second": True})

    world = world_of(output, twice)
    world.send({"order_id": "o-1"})
    world.calls.plan = lambda index, name: Fault.LOST_ANSWER if index == 1 else None
    world.until_quiet()
    token = run_token("shop-orders", ("o-1",))
    assert {id for id, _ in world.clients.sent.arrivals} == {f"{token}-0", f"{token}-1"}
    assert len(world.clients.sent.arrivals) == 4
    assert world.clients.sent.differing() == []
    assert world.statuses() == ["failed", "succeeded"]


@BOTH
def test_a_refused_entry_is_its_own_records_failure_and_comes_again_alone(output: OutputSettings) -> None:
    world = world_of(output)
    world.send(*orders(3))
    refused = ["ThrottlingException"]

    def refuse(entry: dict[str, Any]) -> str | None:
        body = str(entry.get("MessageBody") or entry.get("Message"))
        return refused.pop() if "o-1" in body and refused else None

    world.sqs.refuse, world.clients.sns.refuse = refuse, refuse
    world.until_quiet()
    failed = world.entries(Status.FAILED)
    assert [entry.error_type for entry in failed] == ["ThrottlingException"]
    assert failed[0].run_token == run_token("shop-orders", ("o-1",))
    assert len(world.clients.sent.arrivals) == 3
    assert len(world.entries(Status.SUCCEEDED)) == 3


@BOTH
def test_what_can_never_be_sent_is_given_up_at_once_and_takes_no_neighbour_along(output: OutputSettings) -> None:
    def large(order: Any, run: Run) -> None:
        run.outputs.notices.put({"small": True})
        run.outputs.notices.put({"text": "x" * (1_100_000 if order["order_id"] == "o-0" else 1)})

    world = world_of(output, large)
    world.send(*orders(2))
    world.until_quiet()
    (letter,) = world.entries(Status.DEAD_LETTERED)
    assert (letter.error_type, letter.attempt) == ("entry-too-large", 1)
    assert len(sent(world)) == 2


@BOTH
def test_what_the_service_calls_malformed_is_given_up(output: OutputSettings) -> None:
    world = world_of(output)
    world.sqs.refuse = lambda entry: "InvalidParameterValue" if "event_id" in entry["MessageAttributes"] else None
    world.clients.sns.refuse = lambda entry: "InvalidParameter"
    world.send({"order_id": "o-0"})
    world.until_quiet()
    assert [entry.attempt for entry in world.entries(Status.DEAD_LETTERED)] == [1]


@BOTH
def test_what_a_failed_run_has_put_is_not_sent(output: OutputSettings) -> None:
    def failing(order: Any, run: Run) -> None:
        run.outputs.notices.put(order)
        raise ConnectionError("later")

    world = world_of(output, failing)
    world.send({"order_id": "o-1"})
    world.deliver()
    assert sent(world) == []


def test_large_messages_share_calls_only_as_far_as_their_bytes_go() -> None:
    world = world_of(TOPIC, lambda order, run: run.outputs.notices.put({"text": "x" * 100_000}))
    world.send(*orders(5))
    world.deliver()
    assert world.calls.names.count("PublishBatch") == 3
    assert len(sent(world)) == 5


def test_a_fifo_queue_keeps_the_given_group_or_the_tenant_and_knows_repeats() -> None:
    output = OutputSettings("notices", "queue", f"{URL}.fifo", {"fifo": True})
    entries: list[dict[str, Any]] = []

    def handler(order: Any, run: Run) -> None:
        run.outputs.notices.put(order, group="g-1")
        run.outputs.notices.put(order)

    world = world_of(output, handler)
    world.sqs.refuse = entries.append
    world.send({"order_id": "o-1"})
    world.deliver()
    token = run_token("shop-orders", ("o-1",))
    assert [entry["MessageGroupId"] for entry in entries] == ["g-1", "default"]
    assert [entry["MessageDeduplicationId"] for entry in entries] == [f"{token}-0", f"{token}-1"]


def test_attributes_travel_beside_the_id_and_the_correlation_id() -> None:
    world = world_of(
        QUEUE, lambda order, run: run.outputs.notices.put(order, attributes={"kind": "new", "n": 2}, delay=5)
    )
    world.send({"order_id": "o-1"})
    world.deliver()
    (message,) = world.sqs.queue(URL)
    told = {name: value["StringValue"] for name, value in message.attributes.items()}
    assert told == {
        "kind": "new",
        "n": "2",
        "event_id": f"{run_token('shop-orders', ('o-1',))}-0",
        "correlation_id": "message-1",
    }
    assert message.visible_at - message.sent_at == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"attributes": {f"a{n}": "x" for n in range(9)}},
        {"attributes": {"a b": "x"}},
        {"attributes": {"AWS.kind": "x"}},
        {"attributes": {"a..b": "x"}},
        {"attributes": {".a": "x"}},
        {"attributes": {"a": "\x00"}},
        {"attributes": {"a": float("nan")}},
        {"attributes": {"a": ""}},
        {"attributes": {"a": True}},
        {"group": "g-1"},
        {"delay": 901},
        {"delay": -1},
    ],
    ids=str,
)
def test_what_no_queue_takes_gives_the_record_up_before_anything_is_sent(wrong: dict[str, Any]) -> None:
    world = world_of(QUEUE, lambda order, run: run.outputs.notices.put(order, **wrong))
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert [entry.error_type for entry in world.entries(Status.DEAD_LETTERED)] == ["OutputMisuse"]
    assert sent(world) == []


def test_a_subject_that_mail_cannot_have_is_refused() -> None:
    world = world_of(TOPIC, lambda order, run: run.outputs.notices.put(order, subject="two\nlines"))
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert [entry.error_type for entry in world.entries(Status.DEAD_LETTERED)] == ["OutputMisuse"]


def test_a_topic_that_is_down_delays_records_and_loses_none() -> None:
    world = world_of(TOPIC)
    world.send(*orders(3))
    world.calls.plan = always("PublishBatch")
    world.deliver()
    assert world.statuses() == ["failed"] * 3
    world.calls.plan = lambda _index, _name: None
    world.until_quiet()
    assert len(sent(world)) == 3


def test_nothing_can_be_put_once_the_run_has_ended() -> None:
    draft = QueueDraft("{}", {}, "token", fifo=False)
    draft.close()
    with pytest.raises(RuntimeError, match="has ended"):
        draft.put({})


@given(text=st.text())
def test_any_text_is_a_body_that_sqs_takes_or_is_refused(text: str) -> None:
    draft = QueueDraft("{}", {}, "token", fifo=False)
    try:
        draft.put({"text": text})
    except ValueError:
        assert any("\ud800" <= character <= "\udfff" for character in text)
    else:
        body = draft.entries[0].body
        assert body.encode()
        assert not set(body) & {"\ufffe", "\uffff"}
