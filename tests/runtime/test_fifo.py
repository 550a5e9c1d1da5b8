"""A FIFO queue: each group is handled in the order in which it was sent, whatever fails in between."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.contract.message import NO_GROUP, in_order
from functions.runtime import Permanent, Recoverable, Run
from tests.runtime.fakes import World

if TYPE_CHECKING:
    from constructs_lib.drills.memory.sqs import MemorySqs, Message

BUFFER, DLQ = "https://queue/buffer.fifo", "https://queue/dlq.fifo"


class Accounts:
    """A pipeline behind a FIFO queue; ``failing`` says how often each order fails, and how."""

    def __init__(self, failing: dict[str, list[type[Exception]]]) -> None:
        self.failing = {order: list(errors) for order, errors in failing.items()}
        self.done: list[str] = []

        def handle(order: Any, run: Run) -> None:
            self.handle(order, run)

        self.world = World(handle, queue_url=BUFFER, dlq_url=DLQ, ordered=True)

    def handle(self, order: Any, run: Run) -> None:
        errors = self.failing.get(order["order_id"])
        if errors:
            raise errors.pop(0)("not now")
        self.done.append(order["order_id"])
        run.outputs.raw.put(order)

    def send(self, order: str, group: str) -> Message:
        return self.world.sqs.put(BUFFER, json.dumps({"order_id": order}), group=group)

    def given_up(self) -> set[str]:
        return {json.loads(letter.body)["order_id"] for letter in self.world.dead_letters()}


@settings(max_examples=60, deadline=None)
@given(
    groups=st.lists(st.sampled_from("abc"), min_size=1, max_size=14),
    faults=st.dictionaries(
        st.integers(0, 13), st.lists(st.sampled_from([Recoverable, Permanent, ValueError]), max_size=6), max_size=5
    ),
    size=st.integers(1, 10),
)
def test_what_lands_of_a_group_lands_in_its_order_and_all_of_it_comes_to_an_end(
    groups: list[str], faults: dict[int, list[type[Exception]]], size: int
) -> None:
    sent = [f"{group}-{number}" for number, group in enumerate(groups)]
    accounts = Accounts({sent[number]: errors for number, errors in faults.items() if number < len(sent)})
    for order, group in zip(sent, groups, strict=True):
        accounts.send(order, group)
    accounts.world.until_quiet(size, rounds=600)
    lost = accounts.given_up()
    for group in set(groups):
        kept = [order for order in sent if order.startswith(group) and order not in lost]
        assert [order for order in accounts.done if order.startswith(group)] == kept


def test_a_group_waits_for_its_first_record_and_others_do_not() -> None:
    accounts = Accounts({"a-1": [Recoverable]})
    for order in ("a-1", "a-2", "b-1"):
        accounts.send(order, order[0])
    accounts.world.deliver()
    assert accounts.done == ["b-1"]
    assert accounts.world.deliver() == {"batchItemFailures": []}
    assert accounts.done == ["b-1"]
    accounts.world.until_quiet()
    assert accounts.done == ["b-1", "a-1", "a-2"]


def test_a_dead_letter_keeps_its_group_and_is_sent_once() -> None:
    accounts = Accounts({"a-1": [Permanent]})
    accounts.send("a-1", "a")
    accounts.world.until_quiet()
    assert [letter.group for letter in accounts.world.dead_letters()] == ["a"]


def test_a_fifo_queue_knows_an_id_again_for_five_minutes_and_refuses_what_has_no_group() -> None:
    world = World()
    sqs: MemorySqs = world.sqs
    first = sqs.send_message(QueueUrl=BUFFER, MessageBody="1", MessageAttributes={}, **in_order(BUFFER, "g", "id"))
    again = sqs.send_message(QueueUrl=BUFFER, MessageBody="1", MessageAttributes={}, **in_order(BUFFER, "g", "id"))
    other = sqs.send_message(QueueUrl=BUFFER, MessageBody="1", MessageAttributes={}, **in_order(BUFFER, "h", "id"))
    assert first == again != other
    world.clock.advance(301)
    later = sqs.send_message(QueueUrl=BUFFER, MessageBody="1", MessageAttributes={}, **in_order(BUFFER, "g", "id"))
    assert later not in (first, other)


def test_only_a_fifo_queue_is_told_an_id_and_needs_a_group() -> None:
    assert in_order(BUFFER, None, "id") == {"MessageGroupId": NO_GROUP, "MessageDeduplicationId": "id"}
    assert in_order("https://queue/buffer", "g", "id") == {"MessageGroupId": "g"}
    assert in_order("https://queue/buffer", None, "id") == {}
