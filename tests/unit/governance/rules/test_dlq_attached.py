from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.dlq_attached import DlqAttached
from tests.unit.governance.cases import at, deployed, pipeline, planned, replanned, resource

RULE = DlqAttached()
MAPPING = resource("AWS::Lambda::EventSourceMapping", EventSourceArn=at("Buffer"), FunctionName={"Ref": "Land"})
REDRIVE = {"deadLetterTargetArn": at("Dead"), "maxReceiveCount": 5}


def buffer(**properties: Any) -> dict[str, Any]:
    return resource("AWS::SQS::Queue", QueueName="orders-buffer", **properties)


def test_the_buffer_of_a_planned_pipeline_has_a_dead_letter_queue() -> None:
    assert planned(RULE, pipeline()) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"dead_letter_queue": None}, "no dead-letter queue"),
        ({"max_receive_count": None}, "no dead-letter queue"),
        ({"dead_letter_queue": "elsewhere"}, "dead-letter queue elsewhere is missing"),
    ],
)
def test_a_planned_buffer_without_a_way_out_is_denied(change: dict[str, Any], found: str) -> None:
    subject = pipeline()
    queues = tuple(queue.model_copy(update=change) for queue in subject.plan.queues)
    (finding,) = planned(RULE, replanned(subject, queues=queues))
    assert (finding.place.resource, finding.found, finding.decision) == ("buffer", found, "deny")


def test_an_existing_queue_is_left_to_its_owner() -> None:
    arn = "arn:aws:sqs:eu-west-1:123456789012:theirs"
    assert planned(RULE, pipeline(source={"type": "queue", "arn": arn})) == []


def test_a_redrive_to_a_queue_of_the_template_passes() -> None:
    resources = {"Map": MAPPING, "Buffer": buffer(RedrivePolicy=REDRIVE), "Dead": resource("AWS::SQS::Queue")}
    assert deployed(RULE, resources) == []


def test_a_redrive_by_physical_name_passes() -> None:
    target = {"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:orders-dlq"}
    redrive = {"deadLetterTargetArn": target, "maxReceiveCount": 5}
    dead = resource("AWS::SQS::Queue", QueueName="orders-dlq")
    assert deployed(RULE, {"Map": MAPPING, "Buffer": buffer(RedrivePolicy=redrive), "Dead": dead}) == []


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ({}, "no dead-letter queue"),
        ({"RedrivePolicy": {"deadLetterTargetArn": at("Dead")}}, "no dead-letter queue"),
        ({"RedrivePolicy": {"deadLetterTargetArn": "arn:aws:sqs:x:1:gone", "maxReceiveCount": 5}}, "in no template"),
    ],
)
def test_a_mapped_queue_without_a_reachable_dead_letter_queue_is_denied(properties: dict[str, Any], found: str) -> None:
    resources = {"Map": MAPPING, "Buffer": buffer(**properties), "Dead": resource("AWS::SQS::Queue")}
    (finding,) = deployed(RULE, resources)
    assert finding.place.logical_id == "Buffer"
    assert found in finding.found


def test_a_queue_that_no_function_reads_needs_none() -> None:
    assert deployed(RULE, {"Dead": resource("AWS::SQS::Queue")}) == []
