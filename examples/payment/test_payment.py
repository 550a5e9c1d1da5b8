"""A payment is charged once, however often it is sent; one that is declined is announced on the bus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.stub_api import StubAnswer, StubApi, StubRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.trial import Trial

PAYMENT: dict[str, Any] = json.loads((Path(__file__).parent / "events" / "payment.json").read_text())


def answer(request: StubRequest) -> StubAnswer:
    return StubAnswer(402 if request.json()["payment_id"] == "p-poor" else 201)


@pytest.fixture(scope="module")
def provider(example: Trial) -> Iterator[StubApi]:
    with StubApi(answer) as api:
        api.introduce(example.session.aws, "payment-provider")
        yield api


@pytest.fixture(scope="module")
def evidence(example: Trial) -> Evidence:
    return example.evidence("payment")


@pytest.fixture(scope="module")
def listener(example: Trial, evidence: Evidence) -> str:
    """Return the URL of a queue that hears of every event of the pipeline."""
    sqs, events = example.client("sqs"), example.client("events")
    url: str = sqs.create_queue(QueueName="listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    bus = evidence.plan.platform.event_bus
    pattern = json.dumps({"source": ["pipelines.payment"]})
    events.put_rule(Name="listener", EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule="listener", EventBusName=bus, Targets=[{"Id": "listener", "Arn": arn}])
    return url


@pytest.fixture(scope="module")
def accounting(example: Trial) -> str:
    """Return the URL of a queue that the topic delivers to, because its policy lets SNS send for this topic."""
    sqs, sns = example.client("sqs"), example.client("sns")
    topic = example.resolve("arn:aws:sns:${AWS::Region}:${AWS::AccountId}:payment-dev-accounting-topic")
    url: str = sqs.create_queue(QueueName="accounting")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    wanted = json.dumps({"kind": ["payment"]})
    attributes = {"RawMessageDelivery": "true", "FilterPolicy": wanted}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    return url


def heard(example: Trial, url: str) -> list[dict[str, Any]]:
    messages = example.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [json.loads(message["Body"]) for message in messages.get("Messages", [])]


def send(example: Trial, evidence: Evidence, payment_id: str) -> None:
    body = json.dumps({**PAYMENT, "payment_id": payment_id})
    example.client("sqs").send_message(QueueUrl=evidence.queue_url("buffer"), MessageBody=body)


def test_a_payment_that_is_sent_twice_is_charged_once_and_told_once(
    example: Trial, evidence: Evidence, provider: StubApi, listener: str, accounting: str
) -> None:
    token = evidence.run_token("p-1")
    for _ in range(2):
        send(example, evidence, "p-1")
    evidence.wait_until("both came to something", lambda: len(evidence.entries(token)) == 2)
    assert sorted(entry.status.value for entry in evidence.entries(token)) == ["duplicate", "succeeded"]
    assert [request.headers["idempotency-key"] for request in provider.requests] == [token]
    evidence.wait_until("the event has arrived", lambda: bool(heard(example, listener)))
    (event,) = heard(example, listener)
    assert event["detail-type"] == "PaymentTaken"
    assert event["detail"]["metadata"]["event_id"] == f"{token}-0"
    assert event["detail"]["data"] == {"payment_id": "p-1", "cents": 1250, "taken": True}
    receipts = example.client("sqs").get_queue_url(QueueName="payment-dev-receipts-queue")["QueueUrl"]
    assert [receipt["payment_id"] for receipt in heard(example, receipts)] == ["p-1"]
    assert [told["payment_id"] for told in heard(example, accounting)] == ["p-1"]
    items = example.client("dynamodb").scan(TableName="payment-dev-payments-table")["Items"]
    assert [item["payment_id"]["S"] for item in items] == ["p-1"]


def test_a_payment_that_is_declined_is_announced_and_not_tried_again(
    example: Trial, evidence: Evidence, provider: StubApi, listener: str
) -> None:
    send(example, evidence, "p-poor")
    evidence.wait_until(
        "the failure is announced",
        lambda: "PaymentFailed" in [one.get("detail-type") for one in heard(example, listener)],
    )
    token = evidence.run_token("p-poor")
    evidence.wait_until("it is recorded", lambda: bool(evidence.entries(token)))
    assert [entry.status.value for entry in evidence.entries(token)] == ["succeeded"]
    assert len([request for request in provider.requests if request.json()["payment_id"] == "p-poor"]) == 1


def test_a_topic_delivers_to_no_queue_whose_policy_does_not_let_it(
    example: Trial, evidence: Evidence, provider: StubApi, accounting: str
) -> None:
    sqs, sns = example.client("sqs"), example.client("sns")
    url: str = sqs.create_queue(QueueName="without-policy")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = example.resolve("arn:aws:sns:${AWS::Region}:${AWS::AccountId}:payment-dev-accounting-topic")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    send(example, evidence, "p-2")
    evidence.wait_until(
        "accounting is told", lambda: "p-2" in [one["payment_id"] for one in heard(example, accounting)]
    )
    assert len([request for request in provider.requests if request.json()["payment_id"] == "p-2"]) == 1
    assert heard(example, url) == []
