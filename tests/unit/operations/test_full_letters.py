"""A dead letter that has no room for the sign of its replay is replayed all the same, with the ledger as witness."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from constructs_lib.operations.dead_letters import DeadLetter, DeadLetterQueue
from constructs_lib.operations.ledger import Ledger
from constructs_lib.operations.replay import Replayer, Selection
from constructs_lib.operations.sending import Sender
from functions.contract.ledger import Status
from functions.contract.message import MAX_ATTRIBUTES, MAX_MESSAGE_BYTES


def letter(body: str, attributes: int) -> DeadLetter:
    named = {f"a{position}": {"DataType": "String", "StringValue": "x"} for position in range(attributes)}
    return DeadLetter("m-1", "receipt", body, named, receive_count=3, failure=None)


def replay(given: DeadLetter) -> tuple[Mock, Mock]:
    queue = Mock(spec=DeadLetterQueue)
    queue.take.return_value = iter([given])
    ledger = Mock(spec=Ledger)
    ledger.pipeline = "shop-orders"
    ledger.of_run_token.return_value = ()
    sqs = Mock(spec=["send_message"])
    sqs.send_message.return_value = {"MessageId": "m-2"}
    operator = "arn:aws:iam::1:user/o"
    sender = Sender(sqs=sqs, buffer_url="buffer", ledger=ledger, operator=operator, ledger_retention=60)
    replayer = Replayer(queue, sender, "dev")
    assert len(list(replayer.replay(Selection()))) == 1
    return sqs, ledger


@pytest.mark.parametrize(
    ("body", "attributes", "signed"),
    [
        ("{}", 0, True),
        ("{}", MAX_ATTRIBUTES - 1, True),
        ("{}", MAX_ATTRIBUTES, False),
        ("x" * MAX_MESSAGE_BYTES, 0, False),
    ],
)
def test_the_sign_of_a_replay_is_left_out_only_where_there_is_no_room(body: str, attributes: int, signed: bool) -> None:
    sqs, _ = replay(letter(body, attributes))
    sent = sqs.send_message.call_args.kwargs["MessageAttributes"]
    assert ("replay" in sent) is signed
    assert len(sent) == attributes + signed


def test_the_ledger_names_the_parent_of_a_replay_without_a_sign() -> None:
    _, ledger = replay(letter("{}", MAX_ATTRIBUTES))
    entry = ledger.add.call_args.args[0]
    assert (entry.status, entry.parent_run_id) == (Status.REPLAYED, "m-1.3")
    assert entry.run_id.startswith("m-1.3.replay.")
