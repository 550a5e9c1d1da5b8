"""Streams: tries within the invocation, poison that lets the shard move on, and replays of what was given up."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.streams import StreamWorld
from constructs_lib.event_sources.kinesis import KinesisSource
from functions.contract.environment import IdempotencySettings, RetrySettings
from functions.contract.ledger import Status
from functions.contract.message import MAX_MESSAGE_BYTES, POSITION
from functions.runtime import Permanent, Recoverable, Run
from functions.runtime.readers import reader
from tests.runtime.fakes import SETTINGS, put

if TYPE_CHECKING:
    from collections.abc import Callable

RETRY = RetrySettings(max_attempts=3, interval_seconds=2, backoff_rate=2, max_delay_seconds=900, jitter="none")


def world(handler: Callable[[Any, Run], object] = put, *, timeout: float = 30.0, **changes: Any) -> StreamWorld:
    settings = replace(
        SETTINGS,
        source="kinesis",
        mode="stream",
        ordered=True,
        idempotency=IdempotencySettings(key=("stream.event_id",), ttl_seconds=86_400),
        retry=RETRY,
        **changes,
    )
    return StreamWorld(handler, settings, timeout=timeout, envelope=KinesisSource().sample_envelope)


def failing(times: int, error: type[Exception] = Recoverable) -> Callable[[Any, Run], None]:
    left = [times]

    def handle(order: Any, run: Run) -> None:
        if order["order_id"] == "bad" and left[0]:
            left[0] -= 1
            raise error("not now")
        run.outputs.raw.put(order)

    return handle


def landed(of: StreamWorld) -> list[str]:
    return [json.loads(line)["order_id"] for line in of.landed()]


GOOD, BAD = {"order_id": "good"}, {"order_id": "bad"}


def test_a_record_that_fails_is_tried_again_in_the_same_invocation_after_its_delay() -> None:
    here = world(failing(2))
    here.send(GOOD, BAD)
    began = here.clock.now()
    assert here.deliver() == {"batchItemFailures": []}
    assert here.clock.now() - began == 2 + 4
    assert landed(here) == ["good", "bad"]
    assert [entry.attempt for entry in here.entries(Status.FAILED)] == [1, 2]
    assert len({entry.run_id for entry in here.entries()}) == 4


def test_what_there_is_no_time_for_is_reported_by_its_sequence_number_when_the_time_is_over() -> None:
    here = world(failing(2), timeout=5.0)
    here.send(GOOD, BAD)
    began = here.clock.now()
    assert here.deliver() == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert here.clock.now() - began == 4
    here.deliver()
    assert landed(here) == ["good", "bad"]
    assert [entry.attempt for entry in here.entries(Status.FAILED)] == [1, 2]


@pytest.mark.parametrize(("error", "tries"), [(Permanent, 1), (Recoverable, 3)])
def test_poison_is_given_up_whole_with_its_position_and_the_shard_moves_on(error: type[Exception], tries: int) -> None:
    here = world(failing(99, error))
    here.send(GOOD, BAD, {"order_id": "next"})
    here.until_quiet()
    assert landed(here) == ["good", "next"]
    (letter,) = here.dead_letters()
    record = reader("kinesis", {})(json.loads(letter.body))
    assert record.body == BAD
    position = json.loads(letter.attributes[POSITION]["StringValue"])
    assert (position["shard"], position["sequence_number"]) == ("shardId-000000000000", "2")
    (given_up,) = here.entries(Status.DEAD_LETTERED)
    assert given_up.attempt == tries


def test_a_replayed_letter_has_new_attempts_and_lands_under_its_own_run_token() -> None:
    here = world(failing(3))
    here.send(BAD)
    here.until_quiet()
    (letter,) = here.dead_letters()
    again = {**json.loads(letter.body), "messageId": "replay-1"}
    assert here.ask({"Records": [again]}) == {"batchItemFailures": []}
    assert landed(here) == ["bad"]
    (given_up,), (done,) = here.entries(Status.DEAD_LETTERED), here.entries(Status.SUCCEEDED)
    assert (done.run_token, done.attempt) == (given_up.run_token, 1)


def test_a_letter_that_is_larger_than_a_message_says_where_its_record_stands() -> None:
    here = world(failing(99, Permanent))
    here.send({**BAD, "filler": "x" * MAX_MESSAGE_BYTES})
    here.until_quiet()
    (letter,) = here.dead_letters()
    assert letter.body == "{}"
    assert json.loads(letter.attributes[POSITION]["StringValue"])["sequence_number"] == "1"


def test_what_has_grown_old_is_given_up_before_the_mapping_forgets_it() -> None:
    here = world(failing(1), timeout=4.0)
    here.settings = replace(here.settings, retry=replace(RETRY, keep_seconds=60))
    here.send(BAD)
    here.clock.advance(55)
    assert here.deliver() == {"batchItemFailures": []}
    assert len(here.dead_letters()) == 1


def test_an_aggregated_record_is_quarantined_with_its_reason() -> None:
    data = "84mawgAAAA=="
    event = {"eventID": "s:1", "kinesis": {"sequenceNumber": "1", "partitionKey": "a", "data": data}}
    record = reader("kinesis", {})(event)
    assert record.fault is not None
    assert "aggregated" in str(record.fault)


def test_numbers_of_a_table_keep_every_digit_when_they_are_whole() -> None:
    whole = "12345678901234567890123456789012345678"
    image = {"id": {"S": "1"}, "n": {"N": whole}, "p": {"N": "4.5"}, "z": {"N": "0"}}
    told = {"Keys": {"id": {"S": "1"}}, "NewImage": image, "SequenceNumber": "7"}
    record = reader("dynamodb", {})({"eventID": "e", "eventName": "INSERT", "dynamodb": told})
    assert record.body == {"id": "1", "n": int(whole), "p": 4.5, "z": 0}
    assert (record.lane, record.item) == ('{"id":"1"}', "7")


def test_the_body_of_a_removal_is_the_item_as_it_was() -> None:
    keys = {"id": {"S": "1"}}
    told = {"Keys": keys, "OldImage": {**keys, "a": {"N": "1"}}, "SequenceNumber": "7"}
    record = reader("dynamodb", {})({"eventID": "e", "eventName": "REMOVE", "dynamodb": told})
    assert (record.body, record.fields["change"]["name"]) == ({"id": "1", "a": 1}, "REMOVE")
