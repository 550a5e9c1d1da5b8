"""What a pipeline has left behind: read through the ledger, as any reader must."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.errors import UserError
from constructs_lib.model.names import log_group_name
from constructs_lib.operations.ledger import Ledger, entries_in_order
from functions.contract.identity import run_token
from functions.contract.landed_lines import lines_of
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.message import FAILURE, Failure

if TYPE_CHECKING:
    from constructs_lib.local.aws import LocalAws
    from constructs_lib.model.plan import PipelinePlan

_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True)
class LandedRecord:
    """One record in the raw or quarantine area: where it stands, and the line there."""

    location: str
    text: str


class Evidence:
    """The ledger, objects, queues and logs of one deployed pipeline."""

    def __init__(self, aws: LocalAws, plan: PipelinePlan) -> None:
        """Look at the resources that the plan names."""
        self._aws = aws
        self.plan = plan
        self.ledger = Ledger(aws.client("dynamodb"), plan.platform.ledger_table, plan.pipeline)

    def run_token(self, *key: str | int) -> str:
        """Return the run token of the record with this idempotency key."""
        return run_token(self.plan.pipeline, key)

    def entries(self, token: str, status: Status | None = None) -> tuple[LedgerEntry, ...]:
        """Return the ledger entries of a run token, oldest first."""
        return tuple(entry for entry in self.ledger.of_run_token(token) if status in {None, entry.status})

    def every_entry(self) -> tuple[LedgerEntry, ...]:
        """Return every entry of the pipeline, oldest first; reads the whole table, which is small here."""
        return entries_in_order(self.ledger.every_item())

    def landed(self, token: str) -> tuple[LandedRecord, ...]:
        """Return the raw records that a ``succeeded`` entry of a run token names; what none names has not landed."""
        return tuple(self._records(self.entries(token, Status.SUCCEEDED)))

    def quarantined(self, token: str) -> tuple[LandedRecord, ...]:
        """Return the records of a run token that were kept in quarantine."""
        return tuple(self._records(self.entries(token, Status.QUARANTINED)))

    def objects(self, prefix: str) -> tuple[str, ...]:
        """Return the keys of all objects of the pipeline below a prefix, named by the ledger or not."""
        found = self._aws.client("s3").list_objects_v2(
            Bucket=self._aws.resolve(self.plan.platform.raw_bucket), Prefix=f"{prefix}/{self.plan.pipeline}/"
        )
        return tuple(item["Key"] for item in found.get("Contents", []))

    def dead_letters(self, token: str) -> tuple[Failure, ...]:
        """Return why messages of a run token are in the dead-letter queue, without holding them back from anyone."""
        answer = self._aws.client("sqs").receive_message(
            QueueUrl=self.queue_url("dlq"), MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=["All"]
        )
        texts = [message.get("MessageAttributes", {}).get(FAILURE) for message in answer.get("Messages", [])]
        failures = (Failure.from_json(text["StringValue"]) for text in texts if text)
        return tuple(failure for failure in failures if failure.run_token == token)

    def queue_url(self, queue_id: str) -> str:
        """Return the URL of a queue of the plan."""
        return str(self._aws.client("sqs").get_queue_url(QueueName=self.plan.queue(queue_id).name)["QueueUrl"])

    def depth(self, queue_id: str) -> int:
        """Return how many messages a queue holds: waiting, in flight or delayed."""
        counts = self._aws.client("sqs").get_queue_attributes(
            QueueUrl=self.queue_url(queue_id), AttributeNames=list(_COUNTS)
        )["Attributes"]
        return sum(int(counts[name]) for name in _COUNTS)

    def metrics(self) -> dict[str, float]:
        """Return the sums of the metrics that the functions have written to their logs in embedded metric format."""
        sums: dict[str, float] = {}
        for line in (json.loads(text) for text in self.log_lines() if text.startswith("{")):
            directive = line.get("_aws", {}).get("CloudWatchMetrics", [])
            for metric in (metric for one in directive for metric in one["Metrics"]):
                values = line[metric["Name"]]
                total = sum(values) if isinstance(values, list) else values
                sums[metric["Name"]] = sums.get(metric["Name"], 0) + total
        return sums

    def last_error(self) -> str:
        """Return the last line of the functions' logs that speaks of an error, or ``none``."""
        lines = [line for line in self.log_lines() if "Error" in line or '"level":"ERROR"' in line]
        return lines[-1].strip()[:500] if lines else "none"

    def wait_until(self, what: str, holds: Callable[[], bool], seconds: float = 60) -> None:
        """Wait for something to hold.

        Raises:
            UserError: ``local-wait-over`` with what did not come about.
        """
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise UserError.of(
                    "local-wait-over",
                    self.plan.pipeline,
                    f"not within {seconds:.0f} s: {what}; last error logged: {self.last_error()}",
                    "a pipeline that keeps working",
                    "run again with --keep and look at the emulator's log",
                )
            time.sleep(0.05)

    def wait_until_quiet(self, seconds: float = 60, *, but_for: int = 0) -> None:
        """Wait until the buffer holds no message, waiting or in flight, ``but_for`` those known to come back later."""
        self.wait_until("the buffer is empty", lambda: self.depth("buffer") <= but_for, seconds)

    def _records(self, entries: tuple[LedgerEntry, ...]) -> Iterator[LandedRecord]:
        for entry in entries:
            if entry.location is None:
                continue
            place, _, lines = entry.location.partition("#")
            if not lines:
                continue
            bucket, _, key = place.removeprefix("s3://").partition("/")
            landed = lines_of(key, self._aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
            first, _, last = lines.partition("-")
            for number in range(int(first), int(last or first) + 1):
                yield LandedRecord(f"{place}#{number}", landed[number - 1].decode())

    def log_lines(self) -> Iterator[str]:
        """Yield what the functions have written to their logs."""
        pages = self._aws.client("logs").get_paginator("filter_log_events")
        for function in self.plan.functions:
            for page in pages.paginate(logGroupName=log_group_name(function.name)):
                yield from (event["message"] for event in page["events"])
