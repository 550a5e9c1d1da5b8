from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.alarms_have_data import AlarmsHaveData
from tests.unit.governance.cases import at, deployed, pipeline, planned, replanned, resource

RULE = AlarmsHaveData()


def resources(namespace: str, metric: str, **dimensions: Any) -> dict[str, Any]:
    listed = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return {
        "Buffer": resource("AWS::SQS::Queue", QueueName="buffer"),
        "Land": resource("AWS::Lambda::Function"),
        "Alarm": resource("AWS::CloudWatch::Alarm", Namespace=namespace, MetricName=metric, Dimensions=listed),
    }


def test_every_planned_alarm_has_data() -> None:
    subject = pipeline()
    assert subject.plan.alarms
    assert planned(RULE, subject) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"metric": "NumberOfMessages"}, "AWS/SQS emits no metric NumberOfMessages"),
        ({"dimensions": ()}, "no dimension QueueName"),
    ],
)
def test_a_planned_alarm_without_data_is_denied(change: dict[str, Any], found: str) -> None:
    subject = pipeline()
    alarm = subject.plan.alarms[0].model_copy(update=change)
    (finding,) = planned(RULE, replanned(subject, alarms=(alarm,)))
    assert (finding.place.resource, finding.found) == (alarm.id, found)


def test_a_planned_alarm_on_a_queue_of_nobody_is_denied() -> None:
    subject = pipeline()
    (finding, *_) = planned(RULE, replanned(subject, queues=subject.plan.queues[:1]))
    assert finding.found == "QueueName shop-orders-dev-dlq is no resource of the pipeline"


@pytest.mark.parametrize(
    ("namespace", "metric", "dimensions"),
    [
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": at("Buffer", "QueueName")}),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "buffer"}),
        ("AWS/Lambda", "Errors", {"FunctionName": {"Ref": "Land"}, "Resource": "land:live"}),
        ("Orders", "Landed", {}),
    ],
)
def test_an_alarm_on_something_that_is_there_passes(namespace: str, metric: str, dimensions: dict[str, Any]) -> None:
    assert deployed(RULE, resources(namespace, metric, **dimensions)) == []


@pytest.mark.parametrize(
    ("namespace", "metric", "dimensions"),
    [
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "bufer"}),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", {}),
        ("AWS/Lambda", "Failures", {"FunctionName": {"Ref": "Land"}}),
        ("AWS/Lambda", "Errors", {"FunctionName": {"Ref": "Buffer"}}),
    ],
)
def test_an_alarm_on_nothing_is_denied(namespace: str, metric: str, dimensions: dict[str, Any]) -> None:
    (finding,) = deployed(RULE, resources(namespace, metric, **dimensions))
    assert finding.place.logical_id == "Alarm"
