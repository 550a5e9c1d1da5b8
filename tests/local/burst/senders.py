"""Who sends the burst: some of it through the signed route, the rest as the route's function would have queued it."""

from __future__ import annotations

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from functions.contract.message import CORRELATION_ID, RECEIVED_AT, REQUEST_ID, SOURCE_IP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan

Record = dict[str, Any]

CLIENTS = 4
PER_CALL = 10


def send_signed(session: LocalSession, plan: PipelinePlan, records: Sequence[Record]) -> list[int]:
    """Send records through the route, several clients at once, and return how each was answered."""
    sender = session.sender(plan)
    # Of two requests that are the same to the letter only one is queued: each has a second of its own.
    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(lambda pair: sender.send(pair[1], {}, age=pair[0] % 200).status, enumerate(records)))


def send_queued(session: LocalSession, plan: PipelinePlan, records: Sequence[Record]) -> list[str]:
    """Put records on the buffer, ten a call and several clients at once, and return the ids of the messages."""
    sqs, url = session.aws.client("sqs"), session.evidence(plan).queue_url("buffer")

    def send(part: Sequence[Record]) -> list[str]:
        answer = sqs.send_message_batch(QueueUrl=url, Entries=[_entry(n, record) for n, record in enumerate(part)])
        return [sent["MessageId"] for sent in answer["Successful"]]

    parts = [records[start : start + PER_CALL] for start in range(0, len(records), PER_CALL)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        return [message for sent in clients.map(send, parts) for message in sent]


def _entry(number: int, record: Record) -> dict[str, Any]:
    request = uuid.uuid4().hex
    values = {
        REQUEST_ID: request,
        CORRELATION_ID: request,
        RECEIVED_AT: str(int(time.time() * 1000)),
        SOURCE_IP: "127.0.0.1",
    }
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}
    return {"Id": str(number), "MessageBody": json.dumps(record), "MessageAttributes": attributes}
