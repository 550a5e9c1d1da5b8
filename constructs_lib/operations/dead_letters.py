"""The messages of a dead-letter queue: looked at, sent back, and removed only after they were sent back."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.message import FAILURE, REPLAY, Failure, Replay

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_sqs import SQSClient

HOLD_SECONDS = 300
"""How long a message that was looked at stays hidden from other operators."""
_PER_CALL = 10


@dataclass(frozen=True)
class DeadLetter:
    """One message that was given up. ``failure`` is None where SQS itself moved it: its workers died each time."""

    message_id: str
    receipt_handle: str
    body: str
    attributes: Mapping[str, Any]
    receive_count: int
    failure: Failure | None
    group: str | None = None
    """The group that it was sent in, by which a fair queue knows its tenant."""

    @property
    def run_id(self) -> str:
        """The failed run: the one that the runtime named, else the last delivery that SQS counted."""
        return self.failure.run_id if self.failure else f"{self.message_id}.{self.receive_count}"

    @property
    def failed_message_id(self) -> str:
        """Id of the message of the buffer whose run failed; the letter itself may be a copy under another id.

        Of a workflow's letter it is the name of the execution.
        """
        return self.run_id.rpartition(".")[0] or self.run_id

    @property
    def continued_run_id(self) -> str:
        """The run that the letter's message was a replay of; where SQS moved the letter, nothing else tells of it."""
        sign = self.attributes.get(REPLAY, {}).get("StringValue")
        try:
            return Replay.from_json(sign).parent_run_id if sign else ""
        except (ValueError, TypeError):
            return ""


class DeadLetterQueue:
    """A dead-letter queue in SQS."""

    def __init__(self, sqs: SQSClient, queue_url: str) -> None:
        """Read the queue with a client of its account and region."""
        self._sqs = sqs
        self._url = queue_url

    def take(self) -> Iterator[DeadLetter]:
        """Yield each message once and keep it hidden; ``put_back`` or ``remove`` ends that, and so do 300 seconds.

        Messages that were received and not yet yielded when the caller stops become visible again.
        """
        seen: set[str] = set()
        while True:
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_PER_CALL,
                VisibilityTimeout=HOLD_SECONDS,
                WaitTimeSeconds=1,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["ApproximateReceiveCount", "MessageGroupId"],
            )
            fresh = [message for message in answer.get("Messages", []) if message["MessageId"] not in seen]
            if not fresh:
                return
            seen |= {message["MessageId"] for message in fresh}
            waiting = deque(_read(message) for message in fresh)
            try:
                while waiting:
                    yield waiting.popleft()
            finally:
                for letter in waiting:
                    self.put_back(letter)

    def put_back(self, letter: DeadLetter) -> None:
        """Make a message visible again."""
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=letter.receipt_handle, VisibilityTimeout=0
        )

    def remove(self, letter: DeadLetter) -> None:
        """Remove a message that stands elsewhere by now."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt_handle)


def _read(message: Mapping[str, Any]) -> DeadLetter:
    attributes = message.get("MessageAttributes", {})
    failure = attributes.get(FAILURE, {}).get("StringValue")
    return DeadLetter(
        message_id=message["MessageId"],
        receipt_handle=message["ReceiptHandle"],
        body=message["Body"],
        attributes=attributes,
        receive_count=int(message["Attributes"]["ApproximateReceiveCount"]),
        failure=Failure.from_json(failure) if failure else None,
        group=message["Attributes"].get("MessageGroupId") or message.get("MessageGroupId"),
    )
