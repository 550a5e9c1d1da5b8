"""Handing records of a stream to their runner once more: no stream takes a record back in its old place.

The runner is called as the stream's mapping calls it, with one record in its envelope, and with the sign of the replay
beside it. It waits and tries again as it does for the stream; what it gives up once more becomes a new letter.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.errors import UserError
from constructs_lib.operations.sending import Sender
from constructs_lib.operations.stream_letters import Stretch, envelope_of
from functions.contract.message import REPLAY, REPLAYED_AS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_lib.operations.stream_fetch import StreamFetch
    from functions.contract.ledger import LedgerEntry

    Call = Callable[[dict[str, Any]], dict[str, Any] | None]

MOST_CALLS = 20
"""Calls of the runner for one record; each tries it as often as its time allows."""


@dataclass(frozen=True, kw_only=True)
class StreamSender(Sender):
    """Sends records of one pipeline to its runner; ``call`` returns the answer, or None where the function failed."""

    call: Call
    fetch: StreamFetch

    def _deliver(
        self,
        body: str,
        attributes: Mapping[str, Any],
        entry: LedgerEntry,
        queue_url: str,  # noqa: ARG002
        group: str | None,  # noqa: ARG002
    ) -> str:
        """Hand over what a letter stands for, and return the id of the last message that it became.

        Raises:
            UserError: ``replay-not-taken``, ``record-gone-from-stream`` or ``letter-unreadable``.
        """
        message_id = ""
        signed = {REPLAY: {"dataType": "String", "stringValue": self._sign(entry)}}
        for envelope in self._envelopes(body, attributes):
            message_id = self.new_id()
            self._hand_over({**envelope, REPLAYED_AS: message_id, "messageAttributes": signed})
        return message_id

    def _envelopes(self, body: str, attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
        envelope = envelope_of(body)
        if envelope:
            return [envelope]
        stretch = Stretch.of_batch(body) or Stretch.of_position(attributes)
        if stretch is None:
            found = "a letter that holds no record of a stream, and no place of one"
            fix = "look at it with the SQS console: somebody else has sent it"
            raise UserError.of("letter-unreadable", "the dead-letter queue", found, "letters of the pipeline", fix)
        return self.fetch.records(stretch)

    def _hand_over(self, record: dict[str, Any]) -> None:
        for _ in range(MOST_CALLS):
            answer = self.call({"Records": [record]})
            if answer is not None and not answer.get("batchItemFailures"):
                return
        found = f"{record.get('eventID')} was not taken in {MOST_CALLS} calls of the runner"
        fix = "look at the runner's log; the letter is still there"
        raise UserError.of("replay-not-taken", "the runner", found, "a record that lands or is given up again", fix)


def caller(client: Any, function: str, alias: str) -> Call:
    """Return what calls a function of AWS and waits for its answer."""

    def call(event: dict[str, Any]) -> dict[str, Any] | None:
        answer = client.invoke(FunctionName=function, Qualifier=alias, Payload=json.dumps(event).encode())
        told = json.loads(answer["Payload"].read() or b"null")
        return told if isinstance(told, dict) and "FunctionError" not in answer else None

    return call
