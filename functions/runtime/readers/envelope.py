"""Sources that put an envelope around a body: the body is what contract, handler and hash are about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json
from functions.runtime.errors import ContractBreak
from functions.runtime.readers.message import read_message
from functions.runtime.wire_text import wire_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.runtime.record import Record

MALFORMED = "envelope-malformed"


@dataclass(frozen=True)
class Opened:
    """What was found in an envelope; ``payload`` is the text of the body as far as the source knows it."""

    payload: str
    body: Any
    fields: Mapping[str, Any]
    fault: ContractBreak | None = None


def read_enveloped(
    message: Mapping[str, Any],
    open_envelope: Callable[[dict[str, Any]], Opened | None],
    fields: Mapping[str, Any],
    expected: str,
) -> Record:
    """Return the record in an envelope; ``fields`` are those of one that cannot be opened, and then it says so.

    ``expected`` names the envelope. The text of the whole message is kept as it was received.
    """
    record = read_message(message, fields)
    try:
        opened = open_envelope(record.body) if isinstance(record.body, dict) else None
    except (ValueError, RecursionError):
        opened = None
    if opened is None:
        fault = ContractBreak(MALFORMED, "body", f"the message is no {expected}")
        return replace(record, fields={"body": None, **fields}, fault=fault)
    return replace(
        record,
        fields={"body": opened.body, **opened.fields},
        payload=opened.payload,
        payload_hash=wire_hash(opened.payload),
        fault=opened.fault,
    )


def plain_text(value: Any) -> str:
    """Return the one text of a decoded value, whatever its spaces and the order of its names were."""
    return canonical_json(value)


def told(envelope: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return what an envelope says under the names that records have for it; what it does not say is None."""
    return {name: envelope.get(said) for name, said in names.items()}
