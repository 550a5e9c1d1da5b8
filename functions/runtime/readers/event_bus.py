"""Records of an event bus: the detail of an event, and under ``event`` what its envelope tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime.readers.envelope import Opened, plain_text, read_enveloped, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.record import Record

TOLD = {
    "id": "id",
    "source": "source",
    "detail_type": "detail-type",
    "account": "account",
    "region": "region",
    "time": "time",
    "resources": "resources",
    "replay_name": "replay-name",
}
"""What a record says of its event, by EventBridge's own words for it."""


def read(message: Mapping[str, Any], options: Mapping[str, Any]) -> Record:  # noqa: ARG001
    """Return the record of one event."""
    return read_enveloped(message, _open, {"event": {}}, "event of EventBridge")


def _open(envelope: dict[str, Any]) -> Opened | None:
    if "detail" not in envelope or not isinstance(envelope.get("id"), str):
        return None
    return Opened(plain_text(envelope["detail"]), envelope["detail"], {"event": told(envelope, TOLD)})
