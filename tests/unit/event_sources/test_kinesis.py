"""The kinesis source: the pipeline's own stream, or one that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.event_sources.kinesis import KinesisSource
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.plan import PipelinePlan

ARN = "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks-${stage}"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def planned(folder: Path, **source: Any) -> PipelinePlan:
    return plan_pipeline(
        declare(folder, source={"type": "kinesis", **source}, tenant=None, idempotency=None), stage="prod"
    )


def test_an_own_stream_is_planned_read_and_fed_back_to_nothing(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    (stream,), (resource,) = plan.streams, plan.resources
    assert (resource.type, resource.name, resource.existing) == (
        "AWS::Kinesis::Stream",
        "shop-orders-prod-stream",
        False,
    )
    assert stream.stream == "${Stream.stream}"
    assert (stream.batch_size, stream.retry_attempts, stream.max_record_age) == (100, 5, 86_400)
    assert (stream.starting_position, stream.bisect_batch_on_error) == ("TRIM_HORIZON", True)
    assert [queue.id for queue in plan.queues] == ["dlq"]
    assert plan.mappings == ()


def test_the_runner_may_read_its_stream_and_nothing_may_be_put(tmp_path: Path) -> None:
    grants = planned(tmp_path, arn=ARN, key=KEY).function("land_order").grants
    read = next(grant for grant in grants if grant.sid == "ReadRecords")
    assert read.resources == ("arn:aws:kinesis:eu-west-1:111122223333:stream/clicks-prod",)
    assert not any(action.startswith("kinesis:Put") for grant in grants for action in grant.actions)
    assert [(grant.actions, grant.resources) for grant in grants if grant.sid == "StreamKey"] == [
        (("kms:Decrypt",), (KEY,))
    ]


def test_the_cap_is_reserved_because_a_mapping_from_a_stream_has_none(tmp_path: Path) -> None:
    assert planned(tmp_path).function("land_order").reserved_concurrency == 5


def test_an_alarm_watches_the_age_of_what_is_read(tmp_path: Path) -> None:
    alarm = next(alarm for alarm in planned(tmp_path, max_record_age="1h").alarms if alarm.id == "iterator-age")
    assert (alarm.metric, alarm.threshold) == ("IteratorAge", 1_800_000)


def test_a_record_is_known_by_its_place_unless_a_key_is_declared(tmp_path: Path) -> None:
    variables = {one.name: one.value for one in planned(tmp_path).function("land_order").environment}
    assert '"stream.event_id"' in variables["PIPELINE_IDEMPOTENCY"]
    assert (variables["PIPELINE_MODE"], variables["PIPELINE_ORDERED"]) == ("stream", "true")
    assert '"keep_seconds":86400' in variables["PIPELINE_RETRY"]
    assert "PIPELINE_QUEUE_URL" not in variables


@pytest.mark.parametrize(
    ("source", "code", "path"),
    [
        ({"arn": ARN, "shards": 2}, "source-stream-unclear", "source"),
        ({"on_demand": True, "shards": 2}, "source-stream-unclear", "source"),
        ({"retention_period": "23h"}, "retention-out-of-range", "source"),
        ({"max_batching_window": "6m"}, "window-too-long", "source.max_batching_window"),
        ({"max_record_age": "30s"}, "record-age-out-of-range", "source.max_record_age"),
        ({"filter": {"body": {"kind": ["click"]}}}, "pattern-wrong", "source.filter"),
        ({"shards": 6}, "shards-beyond-concurrency", "source.shards"),
        ({"retry_attempts": 4}, "stream-attempts-disagree", "source.retry_attempts"),
    ],
    ids=str,
)
def test_what_a_stream_or_its_mapping_does_not_take_is_refused(
    tmp_path: Path, source: dict[str, Any], code: str, path: str
) -> None:
    faults = from_fields(tmp_path, source={"type": "kinesis", **source}, tenant=None, idempotency=None)
    assert [(fault.code, fault.path) for fault in faults] == [(code, path)]


def test_a_stream_has_a_dead_letter_queue_and_no_other(tmp_path: Path) -> None:
    base: dict[str, Any] = {"source": {"type": "kinesis"}, "tenant": None, "idempotency": None}
    assert from_fields(tmp_path, **base, queue={"dlq": {"retention_period": "7d"}}) == ()
    faults = from_fields(tmp_path, **base, queue={"batch_size": 5})
    assert [fault.code for fault in faults] == ["queue-not-there"]


@pytest.mark.parametrize(
    ("fields", "meter", "hours"),
    [
        ({}, "kinesis-stream-hour", 720),
        ({"on_demand": False, "shards": 2}, "kinesis-shard-hour", 1440),
        ({"arn": "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks"}, None, 0),
    ],
    ids=str,
)
def test_an_own_stream_is_paid_by_the_hour(fields: dict[str, Any], meter: str | None, hours: int) -> None:
    drivers = KinesisSource(**fields).contribute(context()).cost_drivers
    standing = {driver.meter: driver.quantity_per_month for driver in drivers if driver.quantity_per_month}
    assert standing == ({meter: hours} if meter else {})
