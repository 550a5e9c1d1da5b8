"""One message of the buffer queue as the runtime sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.identity import run_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.errors import ContractBreak
    from functions.runtime.given import Given


UNREAD = "unread"
"""In what is read: why a part of it could not be fetched now."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """A received record; ``fields`` is what idempotency key and tenant are read from, ``text`` what was received."""

    message_id: str
    receipt_handle: str
    receive_count: int
    text: str
    payload_hash: str
    payload: str | None = None
    """The text of the body where an envelope of the source stands around it; None where the whole text is the body."""
    fields: dict[str, Any]
    attributes: Mapping[str, Mapping[str, Any]]
    """The message attributes as Lambda hands them over, for the dead-letter queue."""
    correlation_id: str
    accepted_at: int | None
    """When the gateway took the request, in milliseconds since 1970."""
    queued_at: int | None
    """When the message was sent, in milliseconds since 1970."""
    parent_run_id: str | None
    group: str | None = None
    """The message's group in the queue, by which a fair queue knows its tenant."""
    replay_hash: str | None
    """Hash of the ledger entry of the replay that sent this message."""
    fault: ContractBreak | None
    """Why the record could not be decoded; None when it could."""
    dropped: str | None = None
    """Why the record is not meant for the pipeline; None when it is."""
    lane: str | None = None
    """Records of one lane are handled in the order in which they came; None where no order is kept."""
    step: str | None = None
    """Which step of a workflow, or which worker, was given it; None for the record as a whole."""
    given: Given | None = None
    """What a state machine has passed to a step; None for a record of any other source."""
    unread: str | None = None
    """Why a part of the record could not be fetched now, so that it has to come again; None when all is there."""
    position: str | None = None
    """Where the record stands in its stream, by which Lambda knows it; None for messages of a queue."""
    delivery: str | None = None
    """What tells this delivery of a stream's record from the others; a queue counts them instead."""

    @property
    def payload_text(self) -> str:
        """The text that the handler's argument stands for, and that ``payload_hash`` is of."""
        return self.text if self.payload is None else self.payload

    @property
    def item(self) -> str:
        """What Lambda's partial batch response names the record by."""
        return self.position or self.message_id

    @property
    def run_id(self) -> str:
        """Identity of this attempt."""
        return run_id(self.message_id, self.delivery or self.receive_count)

    @property
    def body(self) -> Any:
        """The decoded JSON body; None when it could not be decoded."""
        return self.fields.get("body")
