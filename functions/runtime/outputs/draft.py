"""What one run has put for an output that sends: entries in order, each under an id that is the same at every try."""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from functions.contract.identity import canonical_json
from functions.contract.message import MAX_ATTRIBUTES
from functions.runtime.errors import Permanent
from functions.runtime.outputs.raw import plain
from functions.runtime.wire_text import encodable, wire_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

Entry = TypeVar("Entry")
NAME = re.compile(r"(?!(?i:aws|amazon)\.)(?=.{1,256}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
"""Names of message attributes that SQS and SNS take: those of AWS are reserved, and dots stand between other signs."""
UNSENDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no message of SQS or SNS holds (SendMessage, Amazon SQS API reference)."""
GROUP = re.compile(r"[!-~]{1,128}")
"""Message groups that SQS and SNS take (SendMessage, Amazon SQS API reference)."""

OWN_ATTRIBUTES = 2
"""The event's id and its correlation id."""
NO_CHARACTERS = re.compile("[\ufffe\uffff]")
"""Code points that JSON may hold and messages of SQS may not."""


class OutputMisuse(Permanent):
    """What is put can never be sent: the record makes the same call again at every try."""


class SendDraft(Generic[Entry]):
    """The entries that one run has put; nothing is sent before the handler has returned."""

    def __init__(self, text: str, argument: Any, token: str) -> None:
        """``argument`` stands for the record as received: putting it sends ``text``, token for token."""
        self.token = token
        self.entries: list[Entry] = []
        self._text = text
        self._argument = argument
        self._closed = False

    def close(self) -> None:
        """Take no more entries."""
        self._closed = True

    def _next_id(self) -> str:
        """Return the id of the entry that is put next.

        Raises:
            RuntimeError: the run has ended.
        """
        if self._closed:
            raise RuntimeError("this run has ended: put before the handler returns")
        return f"{self.token}-{len(self.entries)}"

    def _json(self, value: Any) -> str:
        """Return the text of a value; raises ``TypeError`` or ``ValueError`` when it cannot be written as JSON."""
        text = self._text if value is self._argument else canonical_json(plain(value))
        if not encodable(text):
            raise ValueError("a text in it is not valid Unicode")
        return NO_CHARACTERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class MessageDraft(SendDraft[Entry]):
    """The messages that one run has put for a queue or a topic."""

    def __init__(self, text: str, argument: Any, token: str, *, fifo: bool) -> None:
        """``fifo`` tells whether order is kept within groups."""
        super().__init__(text, argument, token)
        self._fifo = fifo

    def _attributes(self, given: Mapping[str, str | float | bytes] | None) -> dict[str, dict[str, Any]]:
        return attributes_of(dict(given or {}), MAX_ATTRIBUTES - OWN_ATTRIBUTES)

    def _group(self, given: str | None) -> str | None:
        return group_of(given, fifo=self._fifo)


def attributes_of(given: dict[str, Any], most: int) -> dict[str, dict[str, Any]]:
    """Return message attributes as SQS and SNS take them: text, numbers and bytes.

    Raises:
        OutputMisuse: there are more than ``most``, or a name or a value is none that they take.
    """
    if len(given) > most:
        raise OutputMisuse(f"{len(given)} attributes; at most {most} beside the platform's own")
    return {_name(name): _attribute(name, value) for name, value in given.items()}


def group_of(group: str | None, *, fifo: bool) -> str | None:
    """Return the group of a message; raises ``OutputMisuse`` for one that cannot be."""
    if group is None or (fifo and GROUP.fullmatch(group)):
        return group
    wanted = "1 to 128 letters, digits and punctuation" if fifo else "declare the output with fifo: true"
    raise OutputMisuse(f"the message group cannot be used: {wanted}")


def group_or_tenant(group: str | None, tenant: str) -> str:
    """Return the group that is sent: that of the tenant where none was given, by a hash where it cannot be one."""
    if group is not None:
        return group
    return tenant if GROUP.fullmatch(tenant) else wire_hash(tenant)


def in_order(group: str | None, tenant: str, id: str) -> dict[str, str]:
    """Return what a FIFO queue or topic must know of a message; its id is what a repeat is known by."""
    return {"MessageGroupId": group_or_tenant(group, tenant), "MessageDeduplicationId": id}


def _name(name: object) -> str:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise OutputMisuse("names of attributes are letters, digits, dots, dashes and underscores")
    return name


def _attribute(name: str, value: object) -> dict[str, Any]:
    if isinstance(value, bool) or not isinstance(value, (str, int, float, bytes)) or value in ("", b""):
        raise OutputMisuse(f"attribute {name}: give a text, a number or bytes, and nothing empty")
    if isinstance(value, bytes):
        return {"DataType": "Binary", "BinaryValue": value}
    if (isinstance(value, str) and UNSENDABLE.search(value)) or (isinstance(value, float) and not isfinite(value)):
        raise OutputMisuse(f"attribute {name}: a character or a number that no message can hold")
    return {"DataType": "String" if isinstance(value, str) else "Number", "StringValue": str(value)}
