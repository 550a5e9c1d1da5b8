"""Entries reach the archive and are sealed by the deployed functions under their own roles, once, and for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.errors import UserError
from constructs_lib.local.ledger_stream import LedgerStream
from functions.contract.archive import archive_key, pack, seal_key, unpack
from functions.contract.seal import Seal, merkle_root

if TYPE_CHECKING:
    from constructs_lib.local.stories.scene import Scene
    from functions.contract.ledger import LedgerEntry

PIPELINE = "shop-orders"
ARCHIVE, SEAL = "pipelines-dev-archive-ledger", "pipelines-dev-seal-ledger"
SECRET = "what-a-customer-ordered"


class Bucket:
    """The deployed evidence bucket, read with the account's root credentials."""

    def __init__(self, scene: Scene) -> None:
        self.s3 = scene.session.aws.client("s3")
        self.name = scene.session.aws.resolve(scene.plan.platform.evidence_bucket)

    def versions(self, prefix: str) -> list[tuple[str, str]]:
        found = self.s3.list_object_versions(Bucket=self.name, Prefix=prefix)
        assert not found.get("DeleteMarkers")
        return [(version["Key"], version["ETag"]) for version in found.get("Versions", [])]

    def read(self, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        return body

    def lines(self) -> list[str]:
        return [line for key, _ in self.versions(f"ledger/{PIPELINE}/") for line in unpack(self.read(key))]

    def put(self, day: str, first: str, entries: list[LedgerEntry], pipeline: str = PIPELINE) -> None:
        key = archive_key(pipeline, day, first, first)
        self.s3.put_object(Bucket=self.name, Key=key, Body=pack([entry.text for entry in entries]))


@pytest.fixture
def bucket(scene: Scene) -> Bucket:
    return Bucket(scene)


@pytest.fixture(scope="module")
def stream(scene: Scene) -> LedgerStream:
    return LedgerStream(scene.session.aws, scene.plan.platform)


def worked_off(scene: Scene, *names: str) -> list[LedgerEntry]:
    """Return the entries of orders of which the last is given up: its currency does not exist."""
    orders = [scene.order(name) for name in names[:-1]] + [scene.order(names[-1], currency="QQQ")]
    for order in orders:
        scene.deliver(order)
    last = orders[-1]
    scene.evidence.wait_until("all are worked off", lambda: all(scene.statuses(order) for order in orders))
    scene.evidence.wait_until("one is given up", lambda: scene.statuses(last)[-1:] == ["dead_lettered"])
    return [entry for order in orders for entry in scene.evidence.entries(scene.token(order))]


def logged(scene: Scene, function: str) -> str:
    events = scene.session.aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
    return "\n".join(event["message"] for event in events)


def role(scene: Scene, function: str) -> Any:
    arn = scene.session.aws.client("lambda").get_function_configuration(FunctionName=function)["Role"]
    return scene.session.aws.client_in_role("s3", arn)


def refused(call: Any, **what: Any) -> bool:
    with pytest.raises(ClientError) as caught:
        call(**what)
    return str(caught.value.response["Error"]["Code"]) == "AccessDenied"


def test_entries_of_a_worked_off_batch_are_archived_with_the_text_that_was_hashed(
    scene: Scene, stream: LedgerStream, bucket: Bucket
) -> None:
    entries = worked_off(scene, "one", "two", "given-up")
    stream.tell(stream.records())
    archived = bucket.lines()
    assert {entry.text for entry in entries} <= set(archived)
    assert {entry.status.value for entry in entries} >= {"succeeded", "dead_lettered"}


def test_what_is_told_twice_is_archived_once(scene: Scene, stream: LedgerStream, bucket: Bucket) -> None:
    worked_off(scene, "twice")
    records = stream.records()
    stream.tell(records)
    before = bucket.versions("ledger/")
    stream.tell(records)
    assert bucket.versions("ledger/") == before
    assert "entries were archived before" in logged(scene, ARCHIVE)


def test_the_tables_own_stream_brings_entries_to_the_archive_and_changes_to_the_alarm(
    scene: Scene, bucket: Bucket
) -> None:
    dynamodb, table = scene.session.aws.client("dynamodb"), scene.plan.platform.ledger_table
    (entry,) = worked_off(scene, "streamed")
    key = {"pk": {"S": f"{PIPELINE}#{'f' * 32}"}, "sk": {"S": entry.sk}}
    item = {**{name: {"S": value} for name, value in entry.to_item().items() if isinstance(value, str)}, **key}
    dynamodb.put_item(TableName=table, Item=item)
    scene.evidence.wait_until("it is archived", lambda: any("f" * 32 in line for line in bucket.lines()))
    dynamodb.put_item(TableName=table, Item={**item, "entry": {"S": SECRET}})
    dynamodb.delete_item(TableName=table, Key=key)
    scene.evidence.wait_until("both are told", lambda: logged(scene, ARCHIVE).count("ledger tampered with") == 2)
    log = logged(scene, ARCHIVE)
    assert '"operation":"MODIFY"' in log
    assert '"operation":"REMOVE"' in log
    assert key["pk"]["S"] in log
    assert '"LedgerTampered":[' in log
    assert SECRET not in log


def test_a_day_that_is_over_is_sealed_once_and_a_second_run_changes_nothing(
    scene: Scene, stream: LedgerStream, bucket: Bucket
) -> None:
    entries = worked_off(scene, "sealed", "sealed-too")
    today = datetime.now(UTC).date()
    before, yesterday = ((today - timedelta(days=days)).isoformat() for days in (3, 1))
    bucket.put(before, "1", entries[:1])
    bucket.put(yesterday, "2", entries[:2])
    bucket.put(yesterday, "3", entries[1:])
    assert stream.seal() == [seal_key(PIPELINE, before), seal_key(PIPELINE, yesterday)]
    first, second = (Seal.from_json(bucket.read(seal_key(PIPELINE, day)).decode()) for day in (before, yesterday))
    assert (second.previous_day, second.previous_hash) == (before, first.hash)
    assert second.count == len(entries)
    assert second.merkle_root == merkle_root(entry.hash for entry in entries)
    sealed = bucket.versions("seals/")
    assert stream.seal() == []
    assert bucket.versions("seals/") == sealed
    assert not any(today.isoformat() in key for key, _ in sealed)


def test_entries_in_a_day_that_is_sealed_over_fail_the_sealing_function_so_that_its_alarm_goes_off(
    scene: Scene, stream: LedgerStream, bucket: Bucket
) -> None:
    yesterday = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    entries = worked_off(scene, "late")
    bucket.put(yesterday, "1", entries, pipeline="late-orders")
    assert stream.seal() == [seal_key("late-orders", yesterday)]
    bucket.put("2020-01-01", "2", entries, pipeline="late-orders")
    with pytest.raises(UserError, match="late-orders/2020-01-01"):
        stream.seal()
    assert [key for key, _ in bucket.versions("seals/late-orders/")] == [seal_key("late-orders", yesterday)]


def test_each_role_adds_where_it_may_and_removes_nowhere(scene: Scene, bucket: Bucket) -> None:
    archive, seal = role(scene, ARCHIVE), role(scene, SEAL)
    where = {"Bucket": bucket.name}
    archive.put_object(**where, Key="ledger/role-test/object", Body=b"", IfNoneMatch="*")
    assert refused(archive.put_object, **where, Key="seals/role-test/object", Body=b"")
    assert refused(archive.list_objects_v2, **where)
    assert refused(archive.get_object, **where, Key="ledger/role-test/object")
    assert refused(archive.delete_object, **where, Key="ledger/role-test/object")
    assert refused(seal.put_object, **where, Key="ledger/role-test/other", Body=b"")
    assert refused(seal.list_objects_v2, **where)
    assert refused(seal.delete_object, **where, Key="ledger/role-test/object")
    assert seal.list_objects_v2(**where, Prefix="ledger/role-test/")["KeyCount"] == 1
