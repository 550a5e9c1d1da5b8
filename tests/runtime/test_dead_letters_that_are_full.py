"""A message without room for the failure goes to the dead-letter queue all the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.message import FAILURE, MAX_MESSAGE_BYTES, Failure
from functions.runtime import Permanent, Run
from tests.runtime.fakes import World

if TYPE_CHECKING:
    from constructs_lib.drills.memory.sqs import Message


def give_up(order: Any, run: Run) -> None:
    raise Permanent("\U0001f600" * 2000)


def delivered(body: str, attributes: dict[str, dict[str, Any]]) -> tuple[World, Message]:
    world = World(give_up, source="queue")
    (message,) = world.send(body)
    message.attributes.update(attributes)
    assert world.deliver() == {"batchItemFailures": []}
    (letter,) = world.dead_letters()
    assert letter.body == body
    assert [entry.status.value for entry in world.entries()] == ["dead_lettered"]
    return world, letter


def texts(count: int) -> dict[str, dict[str, Any]]:
    return {f"a{number}": {"DataType": "String", "StringValue": "v"} for number in range(count)}


@pytest.mark.parametrize("count", [0, 9, 10])
def test_attributes_of_the_sender_come_before_the_failure(count: int) -> None:
    _, letter = delivered('{"order_id": "x"}', texts(count))
    assert (FAILURE in letter.attributes) is (count < 10)
    assert set(texts(count)) <= set(letter.attributes)


def of_size(total: int) -> str:
    return json.dumps({"order_id": "x" * (total - len(json.dumps({"order_id": ""})))})


@pytest.mark.parametrize(("room", "told"), [(16_384, "message"), (1_000, "reason"), (0, "nothing")])
def test_a_body_of_any_size_leaves_the_failure_what_room_there_is(room: int, told: str) -> None:
    _, letter = delivered(of_size(MAX_MESSAGE_BYTES - room), {})
    size = len(letter.body.encode())
    for name, value in letter.attributes.items():
        size += len((name + value["DataType"] + value["StringValue"]).encode())
    assert size <= MAX_MESSAGE_BYTES
    assert (FAILURE in letter.attributes) is (told != "nothing")
    if told != "nothing":
        failure = Failure.from_json(letter.attributes[FAILURE]["StringValue"])
        assert failure.reason == "permanent"
        assert bool(failure.error_message) is (told == "message")
