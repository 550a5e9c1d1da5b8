"""From a message to a record: no message breaks a reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.event_sources import EVENT_SOURCES
from functions.contract.identity import text_hash
from functions.contract.message import FAILURE, REPLAY, Replay
from functions.runtime.readers import reader
from tests.runtime.sources import JUNK

SOURCES = ["group", *(kind.model_fields["type"].default for kind in EVENT_SOURCES)]


def message(body: Any = "{}", attributes: Any = None, **changes: Any) -> dict[str, Any]:
    return {
        "messageId": "m-1",
        "receiptHandle": "h-1",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "3"},
        "messageAttributes": attributes or {},
        **changes,
    }


def text(value: str) -> dict[str, Any]:
    return {"stringValue": value, "dataType": "String"}


def test_every_source_has_a_reader() -> None:
    assert {source: callable(reader(source, {})) for source in SOURCES} == dict.fromkeys(SOURCES, True)


def test_an_http_record_has_its_body_and_its_path_parameters() -> None:
    record = reader("http", {})(message('{"a": 1}', {"path.shop_id": text("s-1"), "request_id": text("r-1")}))
    assert record.fields == {"body": {"a": 1}, "path": {"shop_id": "s-1"}}
    assert (record.message_id, record.run_id, record.receive_count) == ("m-1", "m-1.3", 3)
    assert record.payload_hash == text_hash('{"a": 1}')
    assert record.fault is None


def test_a_queue_record_has_its_body_and_the_attributes_of_its_sender() -> None:
    own = {FAILURE: text("{}"), REPLAY: text("{}")}
    record = reader("queue", {})(message('{"a": 1}', {"kind": text("new"), **own}))
    assert record.fields == {"body": {"a": 1}, "attributes": {"kind": "new"}}


def test_a_replay_names_the_run_that_it_continues() -> None:
    replay = Replay(parent_run_id="m-0.5", replayed_by="me", replayed_at="now").to_json()
    assert reader("http", {})(message(attributes={REPLAY: text(replay)})).parent_run_id == "m-0.5"
    assert reader("http", {})(message(attributes={REPLAY: text("[]")})).parent_run_id is None
    assert reader("http", {})(message()).parent_run_id is None


@pytest.mark.parametrize(
    ("attributes", "correlation_id"),
    [
        ({"correlation_id": text("c-1"), "request_id": text("r-1")}, "c-1"),
        ({"request_id": text("r-1")}, "r-1"),
        ({}, "m-1"),
        ({"correlation_id": text("c" * 999)}, "c" * 200),
    ],
)
def test_the_correlation_id_is_the_senders_or_the_requests_or_the_messages(
    attributes: dict[str, Any], correlation_id: str
) -> None:
    assert reader("http", {})(message(attributes=attributes)).correlation_id == correlation_id


@pytest.mark.parametrize(
    "body", ["", "{", "not json", "NaN", '{"a": Infinity}', "[" * 100_000, "1" * 5000, '"\ud800"', '{"a": 1} x']
)
def test_a_body_that_is_no_json_is_a_fault_of_the_record(body: str) -> None:
    record = reader("http", {})(message(body))
    assert record.fault is not None
    assert record.fault.code == "body-not-json"
    assert record.body is None
    assert record.text == body


ATTRIBUTE = st.fixed_dictionaries({}, optional={"stringValue": JUNK, "dataType": JUNK, "binaryValue": JUNK})
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["path.shop_id", "correlation_id", "request_id", "replay", "failure", "x"]), ATTRIBUTE | JUNK
)


@pytest.mark.parametrize("source", SOURCES)
@given(body=st.text(alphabet=st.characters()) | JUNK.map(json.dumps) | JUNK, attributes=ATTRIBUTES | JUNK, system=JUNK)
def test_no_mutation_of_a_message_breaks_a_reader(source: str, body: Any, attributes: Any, system: Any) -> None:
    record = reader(source, {})({**message(body, attributes), "attributes": system})
    assert record.message_id == "m-1"
    assert record.receive_count >= 1
    assert record.correlation_id
    record.correlation_id.encode()
    assert (record.fault is None) or record.body is None
