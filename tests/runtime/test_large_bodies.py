"""A body that no message holds travels as a reference, is checked before all else, and lands whole."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import Crash, Fault, at
from functions.contract.ledger import Status
from functions.contract.message import LARGE_BODY, MAX_BODY_BYTES, MAX_LARGE_BYTES, LargeBody
from functions.runtime import Permanent
from tests.runtime.fakes import BUCKET, World, put
from tests.runtime.webhook_shop import SETTINGS, Shop, code

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.memory.sqs import Message

LARGE = json.dumps({"order_id": "o-1", "note": "x" * MAX_BODY_BYTES})
KEEPING = replace(SETTINGS, large_bodies=True)


def taken(body: str = LARGE) -> Shop:
    shop = Shop(KEEPING)
    assert shop.post(body).status == 202
    return shop


def delivered(shop: Shop, handler: Callable[..., object] = put) -> tuple[World, Message]:
    """Return a world with the message that the door has sent, and the objects that it has kept."""
    world = World(handler, source_options={"large_bodies": True})
    world.s3.objects |= {f"s3://{BUCKET}/{key}": body for key, body in shop.objects.items()}
    text, attributes = shop.sent[0]
    typed = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    return world, world.sqs.put(world.buffer, text, typed)


def test_a_large_body_is_kept_before_the_message_that_names_it() -> None:
    shop = taken()
    ((key, body),) = shop.objects.items()
    ((text, attributes),) = shop.sent
    assert key.startswith("large/shop-orders/2023-11-14/r-1-")
    assert body.decode() == LARGE
    assert len(text) < 300
    place = LargeBody.from_json(attributes[LARGE_BODY])
    assert (place.key, place.bytes) == (key, len(LARGE))


def test_a_body_that_fits_is_no_object() -> None:
    shop = taken(json.dumps({"order_id": "o-1"}))
    assert shop.objects == {}
    assert LARGE_BODY not in shop.sent[0][1]


@pytest.mark.parametrize("down", ["put", "kill-put", "kill-send"])
def test_no_message_names_a_body_that_is_not_there(down: str) -> None:
    shop = Shop(KEEPING, down={down})
    if down == "put":
        assert shop.post(LARGE).status == 503
    else:
        with pytest.raises(Crash):
            shop.post(LARGE)
    assert shop.sent == []
    shop.down.clear()
    assert shop.post(LARGE).status == 202
    assert len(shop.sent) == 1


@pytest.mark.parametrize(
    ("settings", "size"),
    [(SETTINGS, MAX_BODY_BYTES), (KEEPING, MAX_LARGE_BYTES), (replace(KEEPING, max_body=2_000_000), 2_000_000)],
)
def test_what_is_larger_still_is_answered_413(settings: Any, size: int) -> None:
    shop = Shop(settings)
    answer = shop.post("x" * (size + 1))
    assert (answer.status, code(answer)) == (413, "body-too-large")
    assert shop.sent == []


def test_the_record_lands_whole() -> None:
    world, _ = delivered(taken())
    world.until_quiet()
    assert world.statuses() == ["succeeded"]
    assert [json.loads(line) for line in world.landed()] == [json.loads(LARGE)]


def test_the_same_body_twice_is_one_record() -> None:
    world, message = delivered(taken())
    world.sqs.put(world.buffer, message.body, message.attributes)
    world.until_quiet()
    assert world.statuses() == ["duplicate", "succeeded"]


def test_a_record_that_is_given_up_is_replayed_by_its_reference() -> None:
    def failing(order: Any, run: Any) -> None:
        raise Permanent("never")

    world, message = delivered(taken(), failing)
    world.until_quiet()
    (letter,) = world.dead_letters()
    assert (letter.body, letter.attributes[LARGE_BODY]) == (message.body, message.attributes[LARGE_BODY])
    world.handler = put
    world.sqs.delete(world.dlq, letter)
    world.sqs.put(world.buffer, letter.body, {LARGE_BODY: letter.attributes[LARGE_BODY]})
    world.until_quiet()
    assert world.statuses() == ["dead_lettered", "succeeded"]
    assert [json.loads(line) for line in world.landed()] == [json.loads(LARGE)]


def test_an_object_that_is_another_is_quarantined_and_not_handled() -> None:
    shop = taken()
    (key,) = shop.objects
    shop.objects[key] = b'{"order_id": "o-2"}'
    world, _ = delivered(shop)
    world.until_quiet()
    (entry,) = world.entries()
    assert (entry.status, entry.error_type) == (Status.QUARANTINED, "large-body-altered")
    assert world.landed() == []


def test_a_store_that_does_not_answer_costs_time_and_no_attempt() -> None:
    world, _ = delivered(taken())
    world.calls.plan = at(0, Fault.REFUSED)
    world.until_quiet()
    (entry,) = world.entries()
    assert (entry.status, entry.attempt) == (Status.SUCCEEDED, 1)


def test_a_key_of_another_pipeline_is_not_read() -> None:
    shop = taken()
    text, attributes = shop.sent[0]
    place = LargeBody.from_json(attributes[LARGE_BODY])
    elsewhere = replace(place, key=place.key.replace("shop-orders", "salaries"))
    shop.sent[0] = text, {**attributes, LARGE_BODY: elsewhere.to_json()}
    shop.objects[elsewhere.key] = shop.objects[place.key]
    world, _ = delivered(shop)
    world.until_quiet()
    assert [(entry.status, entry.error_type) for entry in world.entries()] == [(Status.QUARANTINED, "large-body-gone")]
    assert "GetObject" not in world.calls.names
