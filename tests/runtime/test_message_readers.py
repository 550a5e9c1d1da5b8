"""What a handler sees of messages from topics, buses and devices, and what stays the same when they come again."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.identity import text_hash
from functions.runtime.readers import reader
from tests.runtime.sources import envelopes
from tests.runtime.test_readers import message, text

if TYPE_CHECKING:
    from functions.runtime.record import Record


def records(source: str, name: str, **options: Any) -> list[Record]:
    (found,) = (one for one in envelopes(source) if one.name == name)
    return [reader(source, options)(record) for record in found.event["Records"]]


def test_an_enveloped_notification_is_its_message_with_attributes_and_what_sns_tells() -> None:
    (record,) = records("topic", "enveloped", raw=False)
    assert record.body == {"order_id": "o-1001"}
    assert record.fields["attributes"]["store"] == "example_corp"
    assert record.fields["topic"]["subject"] == "TestSubject"
    assert record.payload_text == '{"order_id":"o-1001"}'
    assert record.payload_hash == text_hash(record.payload_text)
    assert json.loads(record.text)["Type"] == "Notification"


def test_a_raw_message_of_a_topic_is_its_body_with_its_attributes() -> None:
    record = reader("topic", {"raw": True})(message('{"order_id": "o-1"}', {"kind": text("new")}))
    assert record.fields == {"body": {"order_id": "o-1"}, "attributes": {"kind": "new"}}
    assert record.payload is None


@pytest.mark.parametrize("body", ['{"order_id": "o-1"}', "[]", '{"Type": "Notification"}', "1"])
def test_what_is_no_envelope_is_a_fault_and_keeps_its_text(body: str) -> None:
    for source in ("topic", "event_bus"):
        record = reader(source, {"raw": False})(message(body))
        assert record.fault is not None
        assert (record.fault.code, record.body, record.text) == ("envelope-malformed", None, body)


def test_an_event_is_its_detail_and_is_the_same_when_it_is_replayed() -> None:
    (record,) = records("event_bus", "instance_state")
    assert record.body == {"instance-id": "i-1234567890abcdef0", "state": "terminated"}
    assert record.fields["event"]["detail_type"] == "EC2 Instance State-change Notification"
    assert record.fields["event"]["replay_name"] is None
    (again,) = records("event_bus", "replayed")
    assert again.fields["event"]["replay_name"] == "orders-again"
    assert again.payload_hash == record.payload_hash


def test_a_message_of_a_device_is_its_payload_without_what_the_rule_has_added() -> None:
    (record,) = records("iot", "selected")
    assert "pipeline_topic" not in record.body
    assert record.body["deviceid"] == "iot123"
    told = {"topic": "topic/subtopic", "client_id": "iot123", "received_at": 1481825251155}
    assert record.fields["iot"] == told


def encoded(payload: bytes) -> dict[str, Any]:
    told = {"pipeline_topic": "plants/p-1/readings", "pipeline_client": "p-1", "pipeline_time": 1481825251155}
    return {"pipeline_payload": base64.b64encode(payload).decode(), **told}


def test_a_payload_in_base64_is_read_as_the_device_had_sent_it() -> None:
    record = reader("iot", {})(message(json.dumps(encoded(b'{"celsius":  91.50}'))))
    assert (record.body, record.payload_text) == ({"celsius": 91.5}, '{"celsius":  91.50}')
    assert record.fields["iot"]["topic"] == "plants/p-1/readings"


@pytest.mark.parametrize(
    ("payload", "code"), [(b"celsius=91", "body-not-json"), (b"\xff\xfe", "envelope-malformed")], ids=str
)
def test_a_payload_that_is_no_json_is_a_fault_and_is_kept(payload: bytes, code: str) -> None:
    sent = json.dumps(encoded(payload))
    record = reader("iot", {})(message(sent))
    assert record.fault is not None
    assert (record.fault.code, record.text) == (code, sent)


def test_what_a_rule_could_not_send_is_read_as_the_device_had_sent_it() -> None:
    (record,) = records("iot", "error_action")
    assert record.body == {"deviceid": "iot123"}
    assert record.fields["iot"]["topic"] == "testme/action"
    broken = {"ruleName": "r", "failures": [], "base64OriginalPayload": "%%%"}
    fault = reader("iot", {})(message(json.dumps(broken))).fault
    assert fault is not None
    assert fault.code == "envelope-malformed"
