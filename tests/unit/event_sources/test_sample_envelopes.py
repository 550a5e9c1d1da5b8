"""Events that drills make up are those of the source's service: its reader takes them, and they say what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.sqs import Message
from constructs_lib.drills.streams import stream_event
from constructs_lib.event_sources import EVENT_SOURCES
from constructs_lib.event_sources.dynamodb import DynamodbSource
from constructs_lib.event_sources.event_bus import EventBusSource
from constructs_lib.event_sources.http import HttpSource
from constructs_lib.event_sources.iot import IotSource
from constructs_lib.event_sources.kinesis import KinesisSource
from constructs_lib.event_sources.queue import QueueSource
from constructs_lib.event_sources.s3 import S3Source
from constructs_lib.event_sources.schedule import ScheduleSource
from constructs_lib.event_sources.topic import TopicSource
from constructs_lib.model.samples import SampleRecord
from functions.runtime.readers import reader
from tests.runtime.sources import envelopes
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from constructs_lib.model.event_source import EventSource
    from functions.runtime.record import Record

SOURCES: dict[str, EventSource] = {
    "http": HttpSource.model_validate({"path": "/orders", "auth": {"type": "iam"}}),
    "queue": QueueSource(),
    "topic": TopicSource(),
    "topic in envelopes": TopicSource(raw_delivery=False),
    "event_bus": EventBusSource(pattern={"detail-type": ["OrderPlaced"], "source": ["shop"]}),
    "iot": IotSource(topic="plants/+/readings"),
    "s3": S3Source(prefix="in/", suffix=".csv", min_size=3),
    "s3 by notification": S3Source(via="notification"),
    "schedule": ScheduleSource(cron="30 1 * * ? *", input={"shop": "s-1"}),
    "dynamodb": DynamodbSource(partition_key="id"),
    "kinesis": KinesisSource(),
}
DOCUMENTED = {"topic in envelopes": "enveloped", "event_bus": "instance_state", "s3": "event_bridge"}
LEFT_OUT = {"event_bus": set(), "topic in envelopes": {"Subject", "MessageAttributes"}, "s3": {"account", "time"}}


def sent(source: EventSource, number: int = 0, **told: Any) -> tuple[Message, Record]:
    body = json.dumps(told.pop("body", source.sample_body()))
    envelope = source.sample_envelope(SampleRecord(id=f"sample-{number}", number=number, text=body, **told))
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in envelope.attributes.items()}
    message = Message("message-1", envelope.text, attributes)
    event = message.to_record()
    if source.delivery() == "stream":
        event = stream_event(event)
    return message, reader(source.type, source.options(context()))(event)


def test_every_kind_of_source_is_tried() -> None:
    kinds = {kind.model_fields["type"].default for kind in EVENT_SOURCES}
    assert {source.type for source in SOURCES.values()} == kinds


@pytest.mark.parametrize("name", SOURCES)
def test_the_reader_takes_what_is_made_up(name: str) -> None:
    _, record = sent(SOURCES[name])
    assert (record.fault, record.dropped) == (None, None)
    assert record.fields["body"] is not None


@pytest.mark.parametrize("name", ["topic in envelopes", "event_bus", "iot", "dynamodb", "kinesis", "http", "queue"])
def test_the_body_arrives_as_it_was_sent(name: str) -> None:
    body = {"id": "o-1", "total": 3, "lines": [{"sku": "a", "gift": None, "new": True}]}
    assert sent(SOURCES[name], body=body)[1].body == body


@pytest.mark.parametrize("name", ["event_bus", "s3", "s3 by notification", "schedule", "dynamodb", "kinesis"])
def test_two_samples_have_two_identities_and_one_sample_has_one(name: str) -> None:
    source = SOURCES[name]
    key = [part.partition(".") for part in source.natural_key() or ()]
    found = [[sent(source, number)[1].fields[part][inner] for part, _, inner in key] for number in (0, 1, 0)]
    assert found[0] == found[2] != found[1]


@pytest.mark.parametrize("name", ["dynamodb", "kinesis"])
def test_records_of_one_group_are_of_one_lane(name: str) -> None:
    lanes = [sent(SOURCES[name], number, group=f"group-{number % 2}")[1].lane for number in range(4)]
    assert lanes[0] == lanes[2] != lanes[1] == lanes[3]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_an_envelope_has_the_names_of_the_documented_one(name: str) -> None:
    (documented,) = (one for one in envelopes(SOURCES[name].type) if one.name == DOCUMENTED[name])
    names = json.loads(documented.event["Records"][0]["body"]).keys()
    made = json.loads(sent(SOURCES[name])[0].body).keys()
    assert made <= names
    assert names - made <= LEFT_OUT[name] | {"region", "resources"}


def test_the_object_that_is_told_of_stands_in_the_bucket() -> None:
    made = SOURCES["s3"].sample_envelope(SampleRecord(id="a", number=7, text='{"key": "in/list.csv", "text": "a,b"}'))
    assert made.objects == {"drill-source/in/list-7.csv": b"a,b"}
    bytes_ = SampleRecord(id="a", text='{"key": "in/x.csv", "base64": "AAEC"}')
    assert list(SOURCES["s3"].sample_envelope(bytes_).objects.values()) == [b"\0\1\2"]


def test_a_schedule_that_runs_once_has_other_times_for_other_samples() -> None:
    source = ScheduleSource(at="2030-01-01T06:00:00")
    times = [sent(source, number)[1].fields["schedule"]["scheduled_at"] for number in range(3)]
    assert times == ["2030-01-01T06:00:00Z", "2030-01-01T06:01:00Z", "2030-01-01T06:02:00Z"]
