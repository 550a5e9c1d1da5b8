"""Sending ticks and pages to the pipeline's own buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.message import CORRELATION_ID
from functions.runtime.batch_call import call_sqs, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from functions.contract.ticks import TickMessage
    from functions.runtime.work import Work


class OwnBuffer:
    """The queue that the runner reads from."""

    def __init__(self, client: Callable[[], Any], url: str) -> None:
        """``client`` makes or returns the SQS client."""
        self._client = client
        self._url = url

    def send(self, messages: Sequence[TickMessage], cause: Work) -> None:
        """Send messages, which share the correlation id of the record that causes them.

        Raises:
            LookupError: one was not taken, with SQS's code; those that were will be sent again, and are harmless.
        """
        correlation = {"DataType": "String", "StringValue": cause.record.correlation_id}
        entries = [
            {"MessageBody": message.to_text(), "MessageAttributes": {CORRELATION_ID: correlation}}
            for message in messages
        ]
        for part in parts(entries):
            for code in call_sqs(self._client, "send_message_batch", self._url, part):
                if code:
                    raise LookupError(code)
