"""Quarantined records go back to the buffer once they satisfy the contract, with all they came with, and only once."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.operations.current_contract import CurrentContract
from constructs_lib.operations.quarantine import Quarantine
from constructs_lib.operations.quarantine_replay import QuarantineReplayer, Treated
from functions.contract.identity import text_hash
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.message import MAX_ATTRIBUTES, MAX_MESSAGE_BYTES, REPLAY, Replay
from functions.contract.raw import location
from tests.unit.operations.in_memory import BUCKET, KEY, Account, BrokenOffError, entry

OLD = {"properties": {"total": {"type": "number"}}}
NEW = {"properties": {"total": {"type": ["number", "string"]}}}
BODY = '{"total": "12,50"}'
SHOP = {"path.shop_id": {"dataType": "String", "stringValue": "dublin-1"}}
BROKEN = entry(body=BODY)


def account_with(text: str = BODY, attributes: dict[str, Any] | None = None, **changes: Any) -> Account:
    account = Account()
    kept = replace(BROKEN, payload_hash=text_hash(text))
    account.keep((kept, text, SHOP if attributes is None else attributes), **changes)
    return account


def replay(account: Account, schema: Any = NEW, blocks_drift: bool = False, **how: Any) -> list[Treated]:
    client: Any = account
    replayer = QuarantineReplayer(
        quarantine=Quarantine(client), contract=CurrentContract(schema, blocks_drift), sender=account.sender()
    )
    return list(replayer.replay(tuple(account.entries), **how))


def test_a_record_that_satisfies_the_contract_now_is_sent_as_it_came_and_continues_the_quarantined_run() -> None:
    account = account_with()
    (treated,) = replay(account)
    assert (treated.meant, treated.message_id) == (True, "m-101")
    (message,) = account.sent
    assert message["MessageBody"] == BODY
    assert message["MessageAttributes"]["path.shop_id"] == {"DataType": "String", "StringValue": "dublin-1"}
    replayed = account.entries[-1]
    sign = Replay.from_json(message["MessageAttributes"][REPLAY]["StringValue"])
    assert (sign.parent_run_id, sign.previous_hash) == (BROKEN.run_id, replayed.hash)
    assert (replayed.status, replayed.parent_run_id) == (Status.REPLAYED, BROKEN.run_id)
    assert replayed.previous_hash == account.entries[0].hash
    assert account.steps == ["entry", "send"]


def test_a_record_that_still_breaks_the_contract_is_left_with_the_reason() -> None:
    account = account_with()
    (treated,) = replay(account, OLD)
    assert not treated.meant
    assert treated.reason == "it breaks properties/total/type: '12,50' is not of type 'number'"
    assert account.steps == []


@pytest.mark.parametrize("text", ["no json", "NaN", '"\\ud800', "[" * 100_000])
def test_what_is_no_json_stays_in_quarantine(text: str) -> None:
    (treated,) = replay(account_with(text), True)
    assert (treated.meant, treated.reason) == (False, "it is no JSON")


@pytest.mark.parametrize(("blocks", "meant"), [(True, False), (False, True)])
def test_unknown_fields_keep_a_record_back_where_drift_is_blocked(blocks: bool, meant: bool) -> None:
    (treated,) = replay(account_with('{"total": 1, "colour": 2}'), blocks_drift=blocks)
    assert treated.meant is meant
    assert ("colour" in treated.reason) is blocks


def test_reasons_about_sensitive_data_name_the_rule_and_no_value() -> None:
    contract = CurrentContract(OLD, blocks_drift=True, hides_values=True)
    assert contract.fault(BODY) == "it breaks properties/total/type"
    assert "jane" not in (contract.fault('{"jane@example.com": 1}') or "jane")


def test_the_second_replay_is_recognised_and_says_what_came_of_the_first() -> None:
    account = account_with()
    replay(account)
    (treated,) = replay(account)
    assert treated.reason == "replayed before, at 2026-02-01T00:00:00.000Z; what came of it: nothing yet"
    account.entries.append(entry("m-101.1", parent_run_id=BROKEN.run_id))
    treated, once_more = replay(account)
    assert treated.reason.endswith("what came of it: quarantined")
    assert (once_more.entry.run_id, len(account.sent)) == ("m-101.1", 1)


def test_again_sends_what_was_replayed_before() -> None:
    account = account_with()
    replay(account)
    assert [treated.meant for treated in replay(account, again=True)] == [True]
    assert len(account.sent) == 2


def test_a_record_whose_run_token_has_landed_since_is_left() -> None:
    account = account_with()
    account.entries.append(entry("m-2.1", Status.SUCCEEDED))
    (treated,) = replay(account)
    assert treated.reason == "its run token has landed since"
    assert account.sent == []


def test_a_dry_run_tells_what_is_meant_and_changes_nothing() -> None:
    account = account_with()
    (treated,) = replay(account, dry_run=True)
    assert (treated.meant, treated.message_id) == (True, None)
    assert account.steps == []


def test_a_limit_counts_what_is_sent_and_not_what_is_left() -> None:
    account = Account()
    bodies = ['{"total": true}', '{"total": 1}', '{"total": 2}', '{"total": 3}']
    given = [_numbered(number, body) for number, body in enumerate(bodies, start=1)]
    account.keep(*((one, body, SHOP) for one, body in zip(given, bodies, strict=True)))
    assert [treated.meant for treated in replay(account, limit=2)] == [False, True, True]
    assert [message["MessageBody"] for message in account.sent] == bodies[1:3]
    assert account.reads == 1


def test_an_entry_that_is_told_twice_is_treated_once_and_other_outcomes_are_no_business_of_it() -> None:
    account = account_with()
    account.entries += [account.entries[0], entry("m-7.1", Status.FAILED, run_token="f" * 32)]
    assert len(replay(account)) == 1


def test_a_crash_before_the_message_is_sent_shows_in_the_next_replay() -> None:
    account = account_with()
    account.broken_at = "send"
    with pytest.raises(BrokenOffError):
        replay(account)
    account.broken_at = None
    (treated,) = replay(account)
    assert treated.reason.endswith("what came of it: nothing yet")
    assert [again.meant for again in replay(account, again=True)] == [True]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"location": None}, "its entry names no place"),
        ({"location": location(BUCKET, KEY, 2)}, "its object has no line 2"),
        ({"location": location(BUCKET, "other", 1)}, "its object is gone"),
        ({"payload_hash": "0" * 64}, "its line is not what the ledger tells of"),
        ({"run_id": "m-2.1"}, "its line is not what the ledger tells of"),
    ],
)
def test_a_record_that_cannot_be_read_back_is_left(broken: dict[str, Any], reason: str) -> None:
    account = account_with()
    account.entries[0] = replace(account.entries[0], **broken)
    (treated,) = replay(account)
    assert (treated.meant, treated.reason) == (False, reason)


@pytest.mark.parametrize("line", [b"no json", b"[]", b'{"run_id": "m-1.1"}', b'{"record": "{}", "attributes": 1}'])
def test_a_line_of_another_form_is_left(line: bytes) -> None:
    account = account_with()
    account.objects[f"{BUCKET}/{KEY}"] = line + b"\n"
    (treated,) = replay(account)
    assert treated.reason == "its line is no record in quarantine"


def test_odd_attributes_are_sent_as_far_as_sqs_takes_them() -> None:
    binary = {"dataType": "Binary", "binaryValue": base64.b64encode(b"\x00\xff").decode()}
    account = account_with(attributes={"digest": binary, "empty": {"dataType": "String"}})
    replay(account)
    sent = account.sent[0]["MessageAttributes"]
    assert sent["digest"] == {"DataType": "Binary", "BinaryValue": b"\x00\xff"}
    assert set(sent) == {"digest", REPLAY}


@pytest.mark.parametrize("full", ["attributes", "bytes"])
def test_a_record_without_room_for_the_sign_goes_without_and_the_ledger_names_its_parent(full: str) -> None:
    many = {f"a{number}": {"dataType": "String", "stringValue": "x"} for number in range(MAX_ATTRIBUTES)}
    large = json.dumps({"total": "x" * (MAX_MESSAGE_BYTES - 20)})
    account = account_with(attributes=many) if full == "attributes" else account_with(large, {})
    assert [treated.meant for treated in replay(account)] == [True]
    assert REPLAY not in account.sent[0]["MessageAttributes"]
    assert account.entries[-1].parent_run_id == BROKEN.run_id


def _numbered(number: int, body: str) -> LedgerEntry:
    token, place = f"{number:032}", location(BUCKET, KEY, number)
    return entry(f"m-{number}.1", body=body, run_token=token, location=place)
