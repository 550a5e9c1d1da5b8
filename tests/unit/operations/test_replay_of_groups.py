"""The dead letter of a group goes back to the queue of groups; that of a record goes back to the buffer."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from constructs_lib.operations.dead_letters import DeadLetter, DeadLetterQueue
from constructs_lib.operations.ledger import Ledger
from constructs_lib.operations.replay import Replayer, Selection, replay_every
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


def _replayer(name: str, sqs: Mock) -> Replayer:
    queue, ledger = Mock(spec=DeadLetterQueue), Mock(spec=Ledger)
    queue.take.return_value = iter([DeadLetter(f"{name}-{number}", "handle", "{}", {}, 1, None) for number in (1, 2)])
    ledger.pipeline, ledger.of_run_token.return_value = "video-fan-out", ()
    sender = Sender(sqs=sqs, buffer_url=f"to-{name}", ledger=ledger, operator="o", ledger_retention=60)
    return Replayer(queue, sender, "dev")


@pytest.mark.parametrize(("limit", "urls"), [(None, ["a", "a", "b", "b"]), (3, ["a", "a", "b"]), (2, ["a", "a"])])
def test_letters_of_workers_go_back_to_their_own_queues_up_to_the_limit(limit: int | None, urls: list[str]) -> None:
    sqs = Mock(spec=["send_message"])
    sqs.send_message.side_effect = [{"MessageId": f"m-{number}"} for number in range(4)]
    replayers = [_replayer(name, sqs) for name in ("a", "b")]
    assert len(list(replay_every(replayers, Selection(limit=limit)))) == len(urls)
    assert [call.kwargs["QueueUrl"] for call in sqs.send_message.call_args_list] == [f"to-{name}" for name in urls]
