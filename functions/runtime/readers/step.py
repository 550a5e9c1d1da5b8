"""Records of a step: what its state machine passes, as one record whose body is the step's input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json
from functions.contract.workflow import INPUT, RECORD
from functions.runtime.given import DELIVERY, ERROR, FAULT, Given
from functions.runtime.record import Record
from functions.runtime.wire_text import wire_hash

if TYPE_CHECKING:
    from collections.abc import Mapping


def read(message: Mapping[str, Any], options: Mapping[str, Any]) -> Record:  # noqa: ARG001
    """Return the record of one call; its run id names step and call, its token the step's effect.

    Its entries follow those of the effect alone: what the run follows stands under the run's own token.
    """
    given = Given.of(message)
    text = canonical_json(message.get(INPUT))
    beside = {name: message[name] for name in (RECORD, ERROR) if message.get(name) is not None}
    return Record(
        message_id=given.message,
        receipt_handle="",
        receive_count=given.step.attempt + 1,
        text=text,
        payload_hash=wire_hash(text),
        fields={"body": message.get(INPUT), **beside},
        attributes={},
        correlation_id=given.run.correlation_id,
        accepted_at=given.run.accepted_at,
        queued_at=given.run.queued_at,
        parent_run_id=given.run.run_id,
        replay_hash=None,
        fault=message.get(FAULT),
        delivery=str(message[DELIVERY]),
        step=given.step.path,
        given=given,
    )
