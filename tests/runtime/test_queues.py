"""Delaying messages and giving them up, on the SQS of moto with faults from botocore's own events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from constructs_lib.drills.memory.faults import client_error
from functions.contract.message import FAILURE, MAX_MESSAGE_BYTES, REPLAY, Failure
from functions.runtime.queues import DeadLetter, Delay, SqsQueues
from functions.runtime.readers import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED = Failure("permanent", "t", "m-1.1", "default", "Permanent", "no", "now")


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("sqs", region_name="eu-west-1")


@pytest.fixture
def urls(sqs: Any) -> tuple[str, str]:
    buffer, dlq = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("buffer", "dlq"))
    return buffer, dlq


@pytest.fixture
def queues(sqs: Any, urls: tuple[str, str]) -> SqsQueues:
    return SqsQueues(lambda: sqs, *urls)


def letter(body: str = "{}", **attributes: dict[str, Any]) -> DeadLetter:
    message = {"messageId": "m-1", "receiptHandle": "h", "body": body, "messageAttributes": attributes}
    return DeadLetter(reader("http", {})(message), FAILED)


def received(sqs: Any, url: str) -> list[dict[str, Any]]:
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return list(answer.get("Messages", []))


def test_a_dead_letter_keeps_body_and_attributes_and_says_why(
    queues: SqsQueues, sqs: Any, urls: tuple[str, str]
) -> None:
    text = {"stringValue": "s-1", "dataType": "String"}
    binary = {"binaryValue": "AAE=", "dataType": "Binary"}
    old = {"stringValue": "{}", "dataType": "String"}
    assert queues.give_up([letter('{"a": 1}', **{"path.shop_id": text, "raw": binary, REPLAY: old, FAILURE: old})]) == [
        None
    ]
    (message,) = received(sqs, urls[1])
    attributes = message["MessageAttributes"]
    assert message["Body"] == '{"a": 1}'
    assert attributes["path.shop_id"]["StringValue"] == "s-1"
    assert attributes["raw"]["BinaryValue"] == b"\x00\x01"
    assert Failure.from_json(attributes[FAILURE]["StringValue"]) == FAILED
    assert REPLAY not in attributes


def test_more_letters_than_one_call_takes_all_arrive(queues: SqsQueues, sqs: Any, urls: tuple[str, str]) -> None:
    assert queues.give_up([letter(json.dumps({"n": number})) for number in range(23)]) == [None] * 23
    depth = sqs.get_queue_attributes(QueueUrl=urls[1], AttributeNames=["ApproximateNumberOfMessages"])
    assert depth["Attributes"]["ApproximateNumberOfMessages"] == "23"


def test_letters_that_are_too_large_together_go_in_calls_of_their_own(queues: SqsQueues, sqs: Any) -> None:
    sizes: list[int] = []
    sqs.meta.events.register("before-call.sqs.SendMessageBatch", lambda params, **_: sizes.append(len(params["body"])))
    queues.give_up([letter("x" * (MAX_MESSAGE_BYTES // 2 + 1)) for _ in range(3)])
    assert len(sizes) == 3


@pytest.mark.parametrize("code", ["AccessDenied", "AWS.SimpleQueueService.NonExistentQueue"])
def test_a_call_that_fails_leaves_every_letter_with_its_code(queues: SqsQueues, sqs: Any, code: str) -> None:
    def fail(**_: Any) -> None:
        raise client_error(code)

    sqs.meta.events.register("before-call.sqs.SendMessageBatch", fail)
    assert queues.give_up([letter(), letter()]) == [code, code]


def test_a_message_is_hidden_for_as_long_as_it_is_told(queues: SqsQueues, sqs: Any, urls: tuple[str, str]) -> None:
    sqs.send_message(QueueUrl=urls[0], MessageBody="{}")
    (message,) = received(sqs, urls[0])
    assert received(sqs, urls[0]) == []
    assert queues.delay([Delay(message["ReceiptHandle"], 0)]) == [None]
    assert len(received(sqs, urls[0])) == 1


def test_a_message_that_cannot_be_hidden_is_told_and_the_others_are_hidden(
    queues: SqsQueues, sqs: Any, urls: tuple[str, str]
) -> None:
    sqs.send_message(QueueUrl=urls[0], MessageBody="{}")
    (message,) = received(sqs, urls[0])
    wrong, right = queues.delay([Delay("no such handle", 5), Delay(message["ReceiptHandle"], 5)])
    assert wrong is not None
    assert right is None


def test_an_attribute_that_cannot_be_copied_does_not_hold_the_letter_back(
    queues: SqsQueues, sqs: Any, urls: tuple[str, str]
) -> None:
    odd = {"a": {"binaryValue": "A", "dataType": "Binary"}, "b": {"dataType": "String"}}
    assert queues.give_up([letter("{}", **odd)]) == [None]
    (message,) = received(sqs, urls[1])
    assert set(message["MessageAttributes"]) == {FAILURE}


def test_nothing_to_do_is_no_call(queues: SqsQueues, sqs: Any) -> None:
    calls: list[str] = []
    sqs.meta.events.register("before-call.sqs", lambda model, **_: calls.append(model.name))
    assert queues.delay([]) == queues.give_up([]) == []
    assert calls == []


def test_a_letter_stays_in_the_group_of_its_tenant() -> None:
    message = {"messageId": "m-1", "body": "{}", "attributes": {"MessageGroupId": "shop-1"}}
    sent: list[dict[str, Any]] = []

    class Recording:
        def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
            sent.extend(Entries)
            return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    grouped = DeadLetter(reader("http", {})(message), FAILED)
    assert SqsQueues(Recording, "buffer", "dlq").give_up([grouped, letter()]) == [None, None]
    assert [entry.get("MessageGroupId") for entry in sent] == ["shop-1", None]


@pytest.mark.parametrize("group", ["", "with space", "ö", "x" * 129])
def test_a_group_that_sqs_would_refuse_is_no_group(group: str) -> None:
    message = {"messageId": "m-1", "body": "{}", "attributes": {"MessageGroupId": group}}
    assert reader("http", {})(message).group is None
