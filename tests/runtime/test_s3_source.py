"""Records of an s3 source: both envelopes mean the same object, and equal news are one record."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.runtime.arrivals import Arrivals, S3Object
from functions.runtime.readers import reader

BUCKET = "files"


def read(body: Any, **options: Any) -> Any:
    message = {"messageId": "m-1", "receiptHandle": "h-1", "body": json.dumps(body), "attributes": {}}
    return reader("s3", options)(message)


def event(key: str = "in/a b+ü.csv", kind: str = "Object Created", **about: Any) -> dict[str, Any]:
    found = {"key": key, "size": 5, "etag": "e1", "version-id": "v1", "sequencer": "01", **about}
    return {"detail-type": kind, "time": "now", "detail": {"bucket": {"name": BUCKET}, "object": found}}


def notification(key: str = "in/a+b%2B%C3%BC.csv", name: str = "ObjectCreated:Put", **about: Any) -> dict[str, Any]:
    found = {"key": key, "size": 5, "eTag": "e1", "versionId": "v1", "sequencer": "01", **about}
    return {"Records": [{"eventName": name, "s3": {"bucket": {"name": BUCKET}, "object": found}}]}


def test_both_envelopes_tell_of_the_same_object_with_its_key_decoded() -> None:
    one, other = read(event()), read(notification())
    assert one.body == {
        "bucket": BUCKET,
        "key": "in/a b+ü.csv",
        "event": "created",
        "version_id": "v1",
        "size": 5,
        "etag": "e1",
        "sequencer": "01",
    }
    assert one.fields == other.fields
    assert one.payload_hash == other.payload_hash
    assert one.text != other.text
    assert json.loads(one.payload_text) == one.body


def test_a_key_of_eventbridge_is_not_decoded_again() -> None:
    assert read(event("100%25+.csv")).body["key"] == "100%25+.csv"


@pytest.mark.parametrize("version", [None, "null", ""])
def test_without_versions_content_and_order_stand_for_one(version: str | None) -> None:
    first, second = (read(notification(versionId=version, sequencer=order)) for order in ("01", "02"))
    assert first.fields["object"]["version"] == "e1-01"
    assert second.fields["object"]["version"] == "e1-02"
    assert first.body["version_id"] is None


def test_what_has_neither_version_nor_order_has_no_identity() -> None:
    assert read(notification(versionId=None, sequencer=None)).fields["object"]["version"] is None


def test_deleting_a_version_is_other_news_than_its_arrival() -> None:
    both = {"events": ["created", "deleted"]}
    gone = read(event(kind="Object Deleted", size=None), **both)
    assert gone.fields["object"]["version"] == "deleted:v1"
    assert (gone.body["event"], gone.body["size"], gone.dropped) == ("deleted", None, None)
    assert read(notification(name="s3:LifecycleExpiration:Delete"), **both).body["event"] == "deleted"


@pytest.mark.parametrize(
    ("options", "dropped"),
    [
        ({"prefix": "in/", "suffix": ".csv", "min_size": 5}, None),
        ({"prefix": "out/"}, "filtered"),
        ({"suffix": ".txt"}, "filtered"),
        ({"min_size": 6}, "filtered"),
        ({"events": ["deleted"]}, "filtered"),
    ],
)
def test_what_the_service_could_not_filter_the_reader_drops(options: dict[str, Any], dropped: str | None) -> None:
    assert read(notification(), **options).dropped == dropped
    assert read(event(), **options).dropped == dropped


def test_an_object_that_is_too_large_is_a_fault_of_a_record_that_keeps_its_identity() -> None:
    assert read(event(), max_object_size=5).fault is None
    record = read(event(), max_object_size=4)
    assert (record.fault.code, record.fault.place) == ("object-too-large", "body.size")
    assert record.fields["object"]["key"] == "in/a b+ü.csv"


def test_the_test_event_of_a_new_notification_is_dropped() -> None:
    assert read({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}).dropped == "test-event"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"detail-type": "Object Created"},
        {"Records": []},
        {"Records": notification()["Records"] * 2},
        {"Records": [None]},
        event(kind="Object Tags Added"),
        notification(name="ObjectTagging:Put"),
        event(key=""),
        event(key="\ud800"),
    ],
)
def test_what_s3_does_not_send_is_a_malformed_envelope(body: Any) -> None:
    record = read(body)
    assert record.fault.code == "envelope-malformed"
    assert record.body is None


class Client:
    """Notes what is asked of S3."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def get_object(self, **request: Any) -> Any:
        self.asked.append(request)
        return {"Body": Body()}


class Body:
    """Three bytes."""

    def __init__(self) -> None:
        self.left = b"abc"

    def read(self, count: int) -> bytes:
        part, self.left = self.left[:count], self.left[count:]
        return part

    def close(self) -> None:
        self.left = b""


@pytest.mark.parametrize(
    ("reads", "version", "which"),
    [("version", "v1", {"VersionId": "v1"}), ("newest", "v1", {}), ("version", None, {})],
)
def test_the_object_is_read_in_the_version_that_was_told_of(reads: str, version: str | None, which: Any) -> None:
    client = Client()
    arrived = S3Object(bucket=BUCKET, key="a", event="created", version_id=version)
    assert Arrivals(lambda: client, reads).read(arrived) == b"abc"
    assert Arrivals(lambda: client, reads).read(vars(arrived)) == b"abc"
    assert client.asked == [{"Bucket": BUCKET, "Key": "a", **which}] * 2
