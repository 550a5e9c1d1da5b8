"""Records that break their contract: kept whole, told in the ledger, acknowledged, and never tried again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import always
from functions.contract.environment import TenantSettings
from functions.contract.ledger import Status
from functions.contract.message import FAILURE, REPLAY, Failure, Replay, to_send
from tests.runtime.fakes import BUCKET, World, contract

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {"type": "object", "required": ["order_id"], "properties": {"order_id": {}, "total": {"type": "number"}}}
BROKEN = {"order_id": "o-1", "total": "much"}


def world_with(folder: Path, **changes: Any) -> World:
    (folder / "order.json").write_text(json.dumps(SCHEMA))
    behaviour = {name: changes.pop(name) for name in ("on_invalid", "on_drift") if name in changes}
    world = World(contract=contract(**behaviour), **changes)
    world.folder = folder
    return world


def test_a_broken_record_is_kept_whole_and_spends_no_retry(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    world.send(BROKEN, {"order_id": "o-2"})
    assert world.deliver() == {"batchItemFailures": []}
    (entry,) = world.entries(Status.QUARANTINED)
    assert (entry.error_type, entry.attempt) == ("contract-broken", 0)
    assert (entry.contract_id, entry.contract_version, entry.schema_hash) == ("order", "1", "s" * 64)
    assert (entry.location or "").startswith(f"s3://{BUCKET}/quarantine/shop-orders/load_date=2023-11-14/")
    (line,) = world.lines(entry)
    kept = json.loads(line)
    assert json.loads(kept["record"]) == BROKEN
    assert kept["error"] == "body.total breaks type: body.total must be number [contract-broken]"
    assert (kept["run_token"], kept["schema_hash"]) == (entry.run_token, "s" * 64)
    assert len(world.landed()) == 1
    assert world.dead_letters() == []


@pytest.mark.parametrize(
    ("body", "code"),
    [("not json", "body-not-json"), ('{"total": 1}', "key-missing"), ("[]", "key-missing"), ("", "body-not-json")],
)
def test_a_record_that_is_no_json_or_has_no_identity_is_quarantined_without_a_contract(body: str, code: str) -> None:
    world = World()
    world.send(body)
    assert world.deliver() == {"batchItemFailures": []}
    (entry,) = world.entries()
    assert (entry.status, entry.error_type) == (Status.QUARANTINED, code)
    assert json.loads(world.lines(entry)[0])["record"] == body


def test_a_record_without_a_tenant_is_quarantined_as_unknown() -> None:
    world = World(tenant=TenantSettings(key="body.shop", isolation="per_tenant"))
    world.send({"order_id": "o-1"})
    world.deliver()
    (entry,) = world.entries(Status.QUARANTINED)
    assert (entry.tenant, entry.error_type) == ("unknown", "tenant-missing")
    assert "/tenant=unknown/" in (entry.location or "")


def test_a_quarantine_that_cannot_be_written_keeps_the_record_on_the_queue(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    world.calls.plan = always("PutObject")
    (message,) = world.send(BROKEN)
    assert world.deliver() == {"batchItemFailures": [{"itemIdentifier": message.id}]}
    assert world.statuses() == ["failed"]
    world.calls.plan = lambda index, name: None
    world.until_quiet()
    assert world.statuses() == ["failed", "quarantined"]


def test_broken_records_go_to_the_dead_letter_queue_where_the_contract_says_so(tmp_path: Path) -> None:
    world = world_with(tmp_path, on_invalid="dlq")
    world.send(BROKEN)
    assert world.deliver() == {"batchItemFailures": []}
    (letter,) = world.dead_letters()
    failure = Failure.from_json(letter.attributes[FAILURE]["StringValue"])
    assert (failure.reason, failure.error_type) == ("permanent", "contract-broken")
    assert world.statuses() == ["dead_lettered"]
    assert world.s3.objects == {}


def test_drift_lands_and_is_flagged(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    world.send({"order_id": "o-1", "colour": "red"})
    world.deliver()
    (entry,) = world.entries()
    assert (entry.status, entry.drift) == (Status.SUCCEEDED, ("colour",))
    assert len(world.landed()) == 1


def test_drift_is_quarantined_where_it_is_blocked(tmp_path: Path) -> None:
    world = world_with(tmp_path, on_drift="block")
    world.send({"order_id": "o-1", "colour": "red"})
    world.deliver()
    (entry,) = world.entries()
    assert (entry.status, entry.error_type) == (Status.QUARANTINED, "drift-blocked")


def test_a_record_with_half_a_surrogate_pair_is_kept_as_an_escape() -> None:
    world = World()
    world.send('{"order_id": "\\ud800"}', '{"order_id": "o-1", "note": "\\ud800"}')
    assert world.deliver() == {"batchItemFailures": []}
    assert world.statuses() == ["quarantined", "succeeded"]
    assert world.landed() == ['{"order_id": "o-1", "note": "\\ud800"}']


def test_what_a_replay_must_send_along_is_kept_and_no_sign_of_an_earlier_failure(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    replay = Replay(parent_run_id="message-0.1", replayed_by="me", replayed_at="now", previous_hash="a" * 64).to_json()
    attributes = {
        "path.shop_id": {"dataType": "String", "stringValue": "dublin-1"},
        "digest": {"dataType": "Binary", "binaryValue": "AP8=", "stringListValues": []},
    }
    record = world.sqs.put(world.buffer, json.dumps(BROKEN)).to_record()
    sign = {REPLAY: {"dataType": "String", "stringValue": replay}}
    world.invoke([{**record, "messageAttributes": {**attributes, **sign}}])
    (entry,) = world.entries(Status.QUARANTINED)
    kept = json.loads(world.lines(entry)[0])["attributes"]
    assert {name: to_send(value) for name, value in kept.items()} == {
        "path.shop_id": {"DataType": "String", "StringValue": "dublin-1"},
        "digest": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }


def test_a_replay_that_breaks_the_contract_again_follows_the_entry_of_the_replay(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    replay = Replay(parent_run_id="message-0.1", replayed_by="me", replayed_at="now", previous_hash="a" * 64).to_json()
    world.sqs.put(world.buffer, json.dumps(BROKEN), {REPLAY: {"DataType": "String", "StringValue": replay}})
    world.deliver()
    (entry,) = world.entries(Status.QUARANTINED)
    assert (entry.parent_run_id, entry.previous_hash) == ("message-0.1", "a" * 64)


def test_every_object_tells_under_which_schema_and_version_it_was_written(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    world.send(BROKEN, {"order_id": "o-2"})
    world.deliver()
    assert sorted(place.split("/")[3] for place in world.s3.metadata) == ["quarantine", "raw"]
    for metadata in world.s3.metadata.values():
        assert (metadata["schema-hash"], metadata["contract-version"]) == ("s" * 64, "1")
    assert {(entry.schema_hash, entry.contract_version) for entry in world.entries()} == {("s" * 64, "1")}
