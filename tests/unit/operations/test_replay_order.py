"""A dead letter's replay: the evidence comes first, the message names it, and a crash anywhere leaves the letter."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from unittest.mock import Mock

import pytest

from constructs_lib.operations.dead_letters import DeadLetter, DeadLetterQueue
from constructs_lib.operations.replay import Replayer, Selection
from functions.contract.ledger import Status
from functions.contract.message import FAILURE, ITEM_FAILED, REPLAY, Failure, Replay
from functions.contract.workflow import replay_name
from tests.unit.operations.in_memory import OPERATOR, RETENTION, Account, BrokenOffError, entry

FAILED = entry("m-1.4", Status.DEAD_LETTERED, attempt=4, error_type="SlowDown", sample="{}", drift=("colour",))


def letter(failure: bool = True) -> DeadLetter:
    told = Failure("retries-exhausted", FAILED.run_token, FAILED.run_id, "dublin-1", "SlowDown", "", "now")
    attributes = {"path.shop_id": {"DataType": "String", "StringValue": "dublin-1"}}
    signed = {**attributes, FAILURE: {"DataType": "String", "StringValue": told.to_json()}}
    return DeadLetter("m-9", "receipt", "{}", signed if failure else attributes, 3, told if failure else None)


def replay(account: Account, given: DeadLetter) -> Mock:
    """Replay one letter; the letters' queue is returned, and its removal is a step like the others."""
    queue = Mock(spec=DeadLetterQueue)
    queue.take.return_value = iter([given])
    queue.remove.side_effect = lambda _letter: account.step("remove")
    with suppress(BrokenOffError):
        list(Replayer(queue, account.sender(), "dev").replay(Selection()))
    return queue


def sign_of(message: dict[str, Any]) -> Replay:
    return Replay.from_json(message["MessageAttributes"][REPLAY]["StringValue"])


def test_the_entry_is_written_then_the_message_is_sent_then_the_letter_is_removed() -> None:
    account = Account(entries=[FAILED])
    replay(account, letter())
    assert account.steps == ["entry", "send", "remove"]


def test_the_chain_goes_from_the_failed_entry_over_the_replay_to_the_message() -> None:
    account = Account(entries=[FAILED])
    replay(account, letter())
    replayed = account.entries[-1]
    assert (replayed.status, replayed.run_id) == (Status.REPLAYED, "m-1.4.replay.id1")
    assert (replayed.parent_run_id, replayed.previous_hash) == (FAILED.run_id, FAILED.hash)
    sign = sign_of(account.sent[0])
    assert (sign.parent_run_id, sign.previous_hash, sign.replayed_by) == (FAILED.run_id, replayed.hash, OPERATOR)
    assert set(account.sent[0]["MessageAttributes"]) == {"path.shop_id", REPLAY}


def test_the_entry_tells_of_the_replay_and_not_of_the_failure() -> None:
    account = Account(entries=[FAILED])
    replay(account, letter())
    replayed = account.entries[-1]
    assert (replayed.function, replayed.attempt, replayed.tenant) == (OPERATOR, 0, FAILED.tenant)
    assert (replayed.error_type, replayed.sample, replayed.location, replayed.drift) == (None, None, None, ())
    assert replayed.expires_at == 1_769_904_000 + RETENTION


@pytest.mark.parametrize("run_id", ["m-101.1", replay_name(FAILED.run_token, "m-101")])
def test_a_run_that_fails_again_at_once_is_not_replayed_for_ever(run_id: str) -> None:
    account, queue = Account(entries=[FAILED]), Mock(spec=DeadLetterQueue)
    again = Failure("permanent", FAILED.run_token, run_id, "dublin-1", "SlowDown", "", "now")
    letters = [letter(), DeadLetter("m-10", "receipt", "{}", {}, 1, again)]
    queue.take.return_value = iter(letters)
    assert len(list(Replayer(queue, account.sender(), "dev").replay(Selection()))) == 1
    queue.put_back.assert_called_once_with(letters[1])


def test_a_letter_whose_run_left_no_entry_begins_a_chain() -> None:
    account = Account()
    replay(account, letter(failure=False))
    replayed = account.entries[-1]
    assert (replayed.parent_run_id, replayed.previous_hash) == ("m-9.3", None)
    assert sign_of(account.sent[0]).previous_hash == replayed.hash


@pytest.mark.parametrize(("broken_at", "entries", "sent"), [("entry", 0, 0), ("send", 1, 0), ("remove", 1, 1)])
def test_a_crash_between_any_two_steps_leaves_the_letter(broken_at: str, entries: int, sent: int) -> None:
    account = Account(entries=[FAILED], broken_at=broken_at)
    queue = replay(account, letter())
    assert queue.put_back.call_count == 1
    assert (len(account.entries) - 1, len(account.sent)) == (entries, sent)
    account.broken_at = None
    assert replay(account, letter()).put_back.call_count == 0
    assert len(account.sent) == sent + 1


def test_a_replay_that_sqs_moved_back_is_told_as_what_it_was_a_replay_of() -> None:
    account = Account(entries=[FAILED])
    replay(account, letter())
    first = account.entries[-1]
    moved = DeadLetter("m-101", "receipt", "{}", account.sent[0]["MessageAttributes"], 100, None)
    replay(account, moved)
    second = account.entries[-1]
    assert (second.run_token, second.parent_run_id) == (FAILED.run_token, "m-101.100")
    assert second.previous_hash == first.hash
    assert sign_of(account.sent[1]).previous_hash == second.hash


def test_a_letter_of_an_item_is_left_and_says_what_leads_on() -> None:
    account = Account(entries=[FAILED])
    told = Failure(ITEM_FAILED, FAILED.run_token, "m-1.4", "dublin-1", "SlowDown", "", "now")
    given = DeadLetter("m-9", "receipt", "{}", {}, 1, told)
    queue = Mock(spec=DeadLetterQueue)
    queue.take.return_value = iter([given])
    (left,) = Replayer(queue, account.sender(), "dev").replay(Selection())
    assert "pipelines run redrive" in left.left
    assert (account.sent, queue.remove.call_count, queue.put_back.call_count) == ([], 0, 1)
