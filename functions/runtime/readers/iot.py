"""Records of devices: the payload that a rule of AWS IoT has selected, and under ``iot`` where it came from."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from functions.contract.iot import PAYLOAD, TOLD
from functions.runtime.readers.envelope import Opened, plain_text, read_enveloped, told
from functions.runtime.readers.message import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.record import Record

FAILED = frozenset({"ruleName", "base64OriginalPayload", "failures"})
"""What a message has that a rule could not send; a replay brings it (error action, AWS IoT developer guide)."""


def read(message: Mapping[str, Any], options: Mapping[str, Any]) -> Record:  # noqa: ARG001
    """Return the record of one message of a device."""
    return read_enveloped(message, _open, {"iot": {}}, "message that a rule of AWS IoT has selected")


def _open(selected: dict[str, Any]) -> Opened | None:
    if selected.keys() >= FAILED:
        return _open_failed(selected)
    beside = {name: selected.get(said) for said, (name, _) in TOLD.items()}
    if PAYLOAD in selected:
        return _open_payload(selected[PAYLOAD], beside)
    body = {name: value for name, value in selected.items() if name not in TOLD}
    return Opened(plain_text(body), body, {"iot": beside})


def _open_failed(failed: dict[str, Any]) -> Opened | None:
    return _open_payload(failed["base64OriginalPayload"], told(failed, {"topic": "topic", "client_id": "clientId"}))


def _open_payload(encoded: Any, beside: dict[str, Any]) -> Opened | None:
    """Return what a device has sent; ``ValueError`` where it is no text in base64."""
    if not isinstance(encoded, str):
        return None
    text = base64.b64decode(encoded, validate=True).decode()
    body, fault = decode(text)
    return Opened(text, body, {"iot": beside}, fault)
