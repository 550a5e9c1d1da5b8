"""Records fetched from their stream once more, in the envelopes in which Lambda hands them over."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from constructs_lib.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.operations.stream_letters import Stretch

    Envelope = dict[str, Any]

EMPTY_PAGES = 20
"""Pages without a record after which a stretch is held to be read: a shard hands out empty ones between others."""
GONE = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException", "InvalidArgumentException"})


@dataclass(frozen=True)
class StreamFetch:
    """Streams, read with the credentials of an operator."""

    client: Callable[[str], Any]

    def records(self, stretch: Stretch) -> list[Envelope]:
        """Return the records of a stretch.

        Raises:
            UserError: ``record-gone-from-stream``: the stream keeps its records for a limited time.
        """
        kinesis = ":kinesis:" in stretch.stream
        try:
            found = list(self._kinesis(stretch) if kinesis else self._dynamodb(stretch))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in GONE:
                raise
            found = []
        if not found or _number(found[0]) != stretch.first:
            fix = "the source still has the data: write it again there, and remove the letter by hand"
            allowed = "records that their stream still holds"
            raise UserError.of("record-gone-from-stream", str(stretch), "the stream no longer holds it", allowed, fix)
        return found

    def _kinesis(self, stretch: Stretch) -> Iterator[Envelope]:
        client = self.client("kinesis")
        start = client.get_shard_iterator(
            StreamARN=stretch.stream,
            ShardId=stretch.shard,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=stretch.first,
        )
        for record in _until(client, start["ShardIterator"], stretch.last, lambda one: str(one["SequenceNumber"])):
            yield _of_kinesis(record, stretch)

    def _dynamodb(self, stretch: Stretch) -> Iterator[Envelope]:
        client = self.client("dynamodbstreams")
        shards = [stretch.shard] if stretch.shard else _shards_around(client, stretch)
        for shard in shards:
            start = client.get_shard_iterator(
                StreamArn=stretch.stream,
                ShardId=shard,
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                SequenceNumber=stretch.first,
            )
            place = start["ShardIterator"]
            for record in _until(client, place, stretch.last, lambda one: str(one["dynamodb"]["SequenceNumber"])):
                yield _plain({**record, "eventSourceARN": stretch.stream})


def _until(client: Any, iterator: str | None, last: str, number: Callable[[Any], str]) -> Iterator[Any]:
    """Yield the records of a shard up to a sequence number."""
    empty = 0
    while iterator and empty < EMPTY_PAGES:
        page = client.get_records(ShardIterator=iterator)
        empty = 0 if page["Records"] else empty + 1
        for record in page["Records"]:
            if int(number(record)) > int(last):
                return
            yield record
            if number(record) == last:
                return
        iterator = page.get("NextShardIterator")


def _shards_around(client: Any, stretch: Stretch) -> list[str]:
    """Return the shards that may hold a sequence number: a letter of the runtime names none."""
    shards: list[Any] = []
    more: dict[str, str] = {}
    while True:
        told = client.describe_stream(StreamArn=stretch.stream, **more)["StreamDescription"]
        shards += told["Shards"]
        if not told.get("LastEvaluatedShardId"):
            break
        more = {"ExclusiveStartShardId": told["LastEvaluatedShardId"]}
    return [shard["ShardId"] for shard in shards if _spans(shard["SequenceNumberRange"], int(stretch.first))]


def _spans(span: dict[str, str], number: int) -> bool:
    first, last = span.get("StartingSequenceNumber"), span.get("EndingSequenceNumber")
    return (not first or int(first) <= number) and (not last or number <= int(last))


def _of_kinesis(record: Any, stretch: Stretch) -> Envelope:
    return {
        "kinesis": {
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": base64.b64encode(record["Data"]).decode(),
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
        },
        "eventSource": "aws:kinesis",
        "eventName": "aws:kinesis:record",
        "eventID": f"{stretch.shard}:{record['SequenceNumber']}",
        "eventSourceARN": stretch.stream,
    }


def _number(envelope: Envelope) -> str:
    return str(
        envelope["kinesis"]["sequenceNumber"] if "kinesis" in envelope else envelope["dynamodb"]["SequenceNumber"]
    )


def _plain(value: Any) -> Any:
    """Return a record of DynamoDB Streams as JSON has it."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.timestamp() if isinstance(value, datetime) else value
