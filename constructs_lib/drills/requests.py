"""A pipeline that answers requests, on an AWS in memory: clients send them again until they have their answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.world import World
from constructs_lib.model.samples import plain
from functions.contract.message import CLAIM_PREFIX, PATH_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from constructs_lib.drills.world import Envelope
    from functions.runtime import Run
    from functions.runtime.settings import RunnerSettings

CLIENTS = "clients"
"""Where requests wait that have no answer yet."""
QUERY_PREFIX = "query."
"""What the names of attributes begin with that stand for the query of a request that waits."""
GIVEN_UP = "clients-that-gave-up"
PREFIXES = (PATH_PREFIX, CLAIM_PREFIX, QUERY_PREFIX)
PATIENCE = 20
"""Times that a client sends a request before it gives up."""
RETRY_AFTER = "retry-after"


class RequestWorld(World):
    """Requests take the place of messages: one that is told to come later, or not answered at all, is sent again."""

    def __init__(
        self,
        handler: Callable[[Any, Run], object],
        settings: RunnerSettings,
        *,
        timeout: float = 30.0,
        folder: Path | None = None,
        envelope: Envelope = plain,
    ) -> None:
        """``handler`` is the user's function of one record, without its decorator."""
        super().__init__(handler, settings, timeout=timeout, folder=folder, envelope=envelope)
        self.buffer, self.dlq = CLIENTS, GIVEN_UP
        self.sqs.redrive = {CLIENTS: (GIVEN_UP, PATIENCE)}
        self.sqs.visibility_timeout = timeout + 3

    def deliver(self, size: int = 10) -> dict[str, Any]:
        """Let so many clients send their requests, one after the other; a crash is one request without an answer."""
        failed: list[dict[str, str]] = []
        for _ in range(size):
            for message in self.sqs.receive(self.buffer, 1):
                later = self.invoke([message.to_record()])["batchItemFailures"]
                failed += later
                if not later:
                    self.sqs.delete(self.buffer, message)
        return {"batchItemFailures": failed}

    def invoke(self, records: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Send requests and keep what is answered; those to be sent again are told as failed."""
        later: list[dict[str, str]] = []
        for record in records:
            later += self.take(record, self.ask(request_event(record)))["batchItemFailures"]
        return {"batchItemFailures": later}

    def take(self, record: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        """Keep what a client was answered; where it is to send its request again, that is told as failed."""
        seconds = answer["headers"].get(RETRY_AFTER)
        if seconds is not None:
            self._hide(record["messageId"], float(seconds))
            return {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
        if answer["statusCode"] < 300 and not self.settings.reading:
            self.answers.setdefault(_asked(record), []).append(answer["body"])
        return {"batchItemFailures": []}

    def send_again(self) -> None:
        """Let the clients that gave up try once more."""
        for message in list(self.sqs.queue(GIVEN_UP)):
            self.sqs.delete(GIVEN_UP, message)
            self.sqs.put(CLIENTS, message.body, message.attributes)

    def _hide(self, message_id: str, seconds: float) -> None:
        for message in self.sqs.queue(self.buffer):
            if message.id == message_id:
                message.visible_at = self.clock.now() + seconds


def request_event(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record of the clients' queue as API Gateway hands a request over; each time it has a new id."""
    attributes = {name: value["stringValue"] for name, value in record["messageAttributes"].items()}
    path, claims, query = (
        {name.removeprefix(prefix): value for name, value in attributes.items() if name.startswith(prefix)}
        for prefix in PREFIXES
    )
    tries = record["attributes"]["ApproximateReceiveCount"]
    return {
        "body": record["body"],
        "pathParameters": path,
        "queryStringParameters": query,
        "headers": {name: value for name, value in attributes.items() if not name.startswith(PREFIXES)},
        "requestContext": {
            "requestId": f"{record['messageId']}-{tries}",
            "timeEpoch": 1_700_000_000_000,
            "authorizer": {"jwt": {"claims": claims}},
        },
    }


def _asked(record: dict[str, Any]) -> str:
    """Return what a client asked: the body, and path and claims beside it."""
    return json.dumps([record["body"], record["messageAttributes"]], sort_keys=True, default=str)


def answers_that_differ(answers: dict[str, list[Any]]) -> list[str]:
    """Return the requests that were answered in two ways."""
    return [text for text, given in answers.items() if len({json.dumps(one) for one in given}) > 1]
