"""Letters of streams are handed to the runner once more: records, their places, and Lambda's word on a batch."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.errors import UserError
from constructs_lib.operations.dead_letters import DeadLetter
from constructs_lib.operations.replay import Replayer, Selection
from constructs_lib.operations.stream_fetch import StreamFetch
from constructs_lib.operations.stream_letters import Stretch, told_of
from constructs_lib.operations.stream_sending import StreamSender, caller
from functions.contract.ledger import Status
from functions.contract.message import POSITION, REPLAY
from tests.unit.operations.in_memory import Account, entry

if TYPE_CHECKING:
    from collections.abc import Callable

SHARD = "shardId-000000000006"
KINESIS = "arn:aws:kinesis:us-east-2:123456789012:stream/clicks"
TABLE = "arn:aws:dynamodb:us-east-2:123456789012:table/orders/stream/2026-01-31T12:00:00.000"
ENVELOPE = {"eventID": f"{SHARD}:1", "eventSource": "aws:kinesis", "kinesis": {"sequenceNumber": "1", "data": "e30="}}
RUN = entry(status=Status.DEAD_LETTERED)
BATCH = {
    "requestContext": {"condition": "RetryAttemptsExhausted"},
    "KinesisBatchInfo": {
        "shardId": SHARD,
        "startSequenceNumber": "2",
        "endSequenceNumber": "3",
        "batchSize": 2,
        "streamArn": KINESIS,
    },
}


@dataclass
class Kinesis:
    """A shard with records 2 to 4, of which pages hold one each; the first page is empty."""

    gone: bool = False
    asked: dict[str, Any] = field(default_factory=dict)

    def get_shard_iterator(self, **asked: Any) -> dict[str, str]:
        if self.gone:
            raise ClientError({"Error": {"Code": "InvalidArgumentException"}}, "GetShardIterator")
        self.asked = asked
        return {"ShardIterator": "1"}

    def get_records(self, *, ShardIterator: str) -> dict[str, Any]:  # noqa: N803 - as AWS writes it
        number = int(ShardIterator)
        record = {
            "SequenceNumber": ShardIterator,
            "PartitionKey": "a",
            "Data": b'{"n": 1}',
            "ApproximateArrivalTimestamp": datetime.fromtimestamp(0, UTC),
        }
        return {"Records": [record] if number > 1 else [], "NextShardIterator": str(number + 1)}


@dataclass
class Table:
    """A stream of one shard with one record."""

    def describe_stream(self, **_asked: Any) -> dict[str, Any]:
        shards = [
            {"ShardId": "old", "SequenceNumberRange": {"StartingSequenceNumber": "1", "EndingSequenceNumber": "6"}},
            {"ShardId": "new", "SequenceNumberRange": {"StartingSequenceNumber": "7"}},
        ]
        return {"StreamDescription": {"Shards": shards}}

    def get_shard_iterator(self, **asked: Any) -> dict[str, str]:
        assert asked["ShardId"] == "new"
        return {"ShardIterator": "1"}

    def get_records(self, **_asked: Any) -> dict[str, Any]:
        told = {"SequenceNumber": "7", "Keys": {"id": {"B": b"x"}}, "ApproximateCreationDateTime": datetime.now(UTC)}
        return {"Records": [{"eventID": "e-7", "eventName": "INSERT", "dynamodb": told}]}


def client(**known: Any) -> Callable[[str], Any]:
    return known.__getitem__


def sender(calls: list[dict[str, Any]], answers: list[Any], **clients: Any) -> StreamSender:
    def call(event: dict[str, Any]) -> dict[str, Any] | None:
        calls.append(event)
        answer: dict[str, Any] | None = answers.pop(0) if answers else {"batchItemFailures": []}
        return answer

    ids = iter(range(100))
    memory: Any = Account()
    return StreamSender(
        sqs=memory,
        buffer_url="",
        ledger=memory,
        operator="me",
        ledger_retention=60,
        new_id=lambda: f"id-{next(ids)}",
        call=call,
        fetch=StreamFetch(client(**clients)),
    )


def test_a_whole_letter_is_handed_over_under_a_message_id_of_its_own_and_signed() -> None:
    calls: list[dict[str, Any]] = []
    message_id, replayed = sender(calls, []).send(json.dumps(ENVELOPE), {}, RUN, previous_hash=RUN.hash)
    ((record,),) = (call["Records"] for call in calls)
    assert {name: record[name] for name in ENVELOPE} == ENVELOPE
    assert record["messageId"] == message_id
    sign = json.loads(record["messageAttributes"][REPLAY]["stringValue"])
    assert (sign["parent_run_id"], sign["previous_hash"]) == (RUN.run_id, replayed.hash)
    assert replayed.status is Status.REPLAYED


def test_a_function_that_fails_or_reports_the_record_is_called_again() -> None:
    calls: list[dict[str, Any]] = []
    failed = {"batchItemFailures": [{"itemIdentifier": "1"}]}
    sender(calls, [None, failed]).send(json.dumps(ENVELOPE), {}, RUN, previous_hash=None)
    assert len(calls) == 3
    assert calls[0] == calls[2]


def test_what_is_never_taken_says_so() -> None:
    with pytest.raises(UserError, match="replay-not-taken"):
        sender([], [None] * 100).send(json.dumps(ENVELOPE), {}, RUN, previous_hash=None)


def test_lambdas_word_on_a_batch_brings_its_records_and_no_others() -> None:
    calls: list[dict[str, Any]] = []
    kinesis = Kinesis()
    sender(calls, [], kinesis=kinesis).send(json.dumps(BATCH), {}, RUN, previous_hash=None)
    records = [call["Records"][0] for call in calls]
    assert [record["eventID"] for record in records] == [f"{SHARD}:2", f"{SHARD}:3"]
    assert base64.b64decode(records[0]["kinesis"]["data"]) == b'{"n": 1}'
    assert (kinesis.asked["ShardIteratorType"], kinesis.asked["StartingSequenceNumber"]) == ("AT_SEQUENCE_NUMBER", "2")


def test_a_place_brings_the_record_that_stands_there_from_whatever_shard() -> None:
    calls: list[dict[str, Any]] = []
    place = {POSITION: {"DataType": "String", "StringValue": json.dumps({"stream": TABLE, "sequence_number": "7"})}}
    sender(calls, [], dynamodbstreams=Table()).send("{}", place, RUN, previous_hash=None)
    ((record,),) = (call["Records"] for call in calls)
    assert (record["eventID"], record["dynamodb"]["Keys"]) == ("e-7", {"id": {"B": "eA=="}})
    assert json.dumps(record)


def test_records_that_the_stream_no_longer_holds_are_named_and_nothing_is_called() -> None:
    calls: list[dict[str, Any]] = []
    with pytest.raises(UserError, match="record-gone-from-stream"):
        sender(calls, [], kinesis=Kinesis(gone=True)).send(json.dumps(BATCH), {}, RUN, previous_hash=None)
    assert calls == []


def test_a_letter_of_somebody_else_is_left_alone() -> None:
    with pytest.raises(UserError, match="letter-unreadable"):
        sender([], []).send("hello", {}, RUN, previous_hash=None)


def test_an_operator_reads_who_gave_a_batch_up_and_where_it_stood() -> None:
    assert told_of(json.dumps(BATCH)) == f"given up by Lambda, RetryAttemptsExhausted: {SHARD} of {KINESIS}, 2 to 3"
    assert told_of('{"eventID": 1}') == "moved by SQS itself"
    assert Stretch.of_batch("[]") is None


def test_the_runner_is_called_by_its_alias_and_an_error_is_no_answer() -> None:
    class Answer:
        def __init__(self, text: bytes) -> None:
            self._text = text

        def read(self) -> bytes:
            return self._text

    class Lambda:
        def __init__(self, **answer: Any) -> None:
            self.answer = answer
            self.asked: dict[str, Any] = {}

        def invoke(self, **asked: Any) -> dict[str, Any]:
            self.asked = asked
            return {"Payload": Answer(b'{"batchItemFailures": []}'), **self.answer}

    good, bad = Lambda(), Lambda(FunctionError="Unhandled")
    assert caller(good, "land", "live")({"Records": []}) == {"batchItemFailures": []}
    assert (good.asked["FunctionName"], good.asked["Qualifier"]) == ("land", "live")
    assert caller(bad, "land", "live")({}) is None


@dataclass
class Letters:
    """A dead-letter queue with one letter of Lambda."""

    removed: int = 0
    back: int = 0

    def take(self) -> list[DeadLetter]:
        return [DeadLetter("m-9", "h", json.dumps(BATCH), {}, 1, None)]

    def put_back(self, _letter: DeadLetter) -> None:
        self.back += 1

    def remove(self, _letter: DeadLetter) -> None:
        self.removed += 1


@pytest.mark.parametrize(("gone", "removed", "back"), [(False, 1, 0), (True, 0, 1)])
def test_a_letter_is_removed_when_all_its_records_were_taken_and_else_stays(
    gone: bool, removed: int, back: int
) -> None:
    queue = Letters()
    letters: Any = queue
    replayer = Replayer(letters, sender([], [], kinesis=Kinesis(gone=gone)), "dev")
    with suppress(UserError):
        list(replayer.replay(Selection()))
    assert (queue.removed, queue.back) == (removed, back)
