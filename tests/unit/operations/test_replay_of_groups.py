"""The dead letter of a group goes back to the queue of groups; that of a record goes back to the buffer."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from constructs_lib.operations.dead_letters import DeadLetter, DeadLetterQueue
from constructs_lib.operations.ledger import Ledger
from constructs_lib.operations.replay import Replayer, Selection
from constructs_lib.operations.sending import Sender
from functions.contract.message import SIGNAL


@pytest.mark.parametrize(
    ("groups_url", "signal", "wanted"),
    [("groups", True, "groups"), ("groups", False, "buffer"), ("", True, "buffer")],
)
def test_a_letter_goes_back_to_where_it_came_from(groups_url: str, signal: bool, wanted: str) -> None:
    attributes = {SIGNAL: {"DataType": "String", "StringValue": "timeout"}} if signal else {}
    queue, ledger, sqs = Mock(spec=DeadLetterQueue), Mock(spec=Ledger), Mock(spec=["send_message"])
    queue.take.return_value = iter([DeadLetter("m-1", "handle", "{}", attributes, 1, None)])
    ledger.pipeline, ledger.of_run_token.return_value = "regional-sales", ()
    sqs.send_message.return_value = {"MessageId": "m-2"}
    sender = Sender(sqs=sqs, buffer_url="buffer", ledger=ledger, operator="arn:aws:iam::1:user/o", ledger_retention=60)
    replayer = Replayer(queue, sender, "dev", groups_url)
    assert len(list(replayer.replay(Selection()))) == 1
    assert sqs.send_message.call_args.kwargs["QueueUrl"] == wanted
    assert "MessageGroupId" not in sqs.send_message.call_args.kwargs
    assert (SIGNAL in sqs.send_message.call_args.kwargs["MessageAttributes"]) is signal


def test_a_letter_stays_in_the_group_of_its_tenant() -> None:
    queue, ledger, sqs = Mock(spec=DeadLetterQueue), Mock(spec=Ledger), Mock(spec=["send_message"])
    queue.take.return_value = iter([DeadLetter("m-1", "handle", "{}", {}, 1, None, group="shop-1")])
    ledger.pipeline, ledger.of_run_token.return_value = "shop-orders", ()
    sqs.send_message.return_value = {"MessageId": "m-2"}
    replayer = Replayer(queue, Sender(sqs=sqs, buffer_url="b", ledger=ledger, operator="o", ledger_retention=60), "dev")
    assert len(list(replayer.replay(Selection()))) == 1
    assert sqs.send_message.call_args.kwargs["MessageGroupId"] == "shop-1"
