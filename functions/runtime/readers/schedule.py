"""Records of a schedule: the input of a tick as the body, and when and how it was due under ``schedule``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.contract.ticks import TickMessage, time_text
from functions.runtime.errors import ContractBreak
from functions.runtime.readers.message import read_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.record import Record


def read(message: Mapping[str, Any], options: Mapping[str, Any]) -> Record:  # noqa: ARG001
    """Return the record of one tick, or of one page of the pull that it began."""
    record = read_message(message, {})
    if record.fault:
        return record
    try:
        tick = TickMessage.of(record.body)
    except ValueError as error:
        return replace(record, fields={"body": None}, fault=ContractBreak("envelope-malformed", "body", str(error)))
    schedule = {
        "scheduled_at": time_text(tick.scheduled_at),
        "execution_id": tick.execution_id,
        "page": tick.page,
        "token": tick.token,
        "caught_up": tick.caught_up,
    }
    return replace(record, fields={"body": tick.input, "schedule": schedule})
