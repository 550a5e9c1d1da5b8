"""Calls that take many entries at once: how many go together, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from functions.runtime.aws_failures import AWS_FAILURES, error_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Entry = TypeVar("Entry")

MAX_ENTRIES = 10
"""Messages that one batch call of SQS takes (Amazon SQS API reference)."""


def _nothing(_entry: object) -> int:
    return 0


def parts(
    entries: Sequence[Entry],
    *,
    most: int = MAX_ENTRIES,
    size: Callable[[Entry], int] = _nothing,
    most_bytes: int = 0,
) -> Iterator[list[Entry]]:
    """Yield what one call takes: ``most`` entries, of together ``most_bytes`` where ``size`` tells those of one.

    An entry that is too large goes alone, so that no other is refused with it.
    """
    part: list[Entry] = []
    total = 0
    for entry in entries:
        added = size(entry)
        if part and (len(part) == most or total + added > most_bytes):
            yield part
            part, total = [], 0
        part.append(entry)
        total += added
    if part:
        yield part


def call_sqs(
    client: Callable[[], Any], operation: str, url: str, entries: Sequence[dict[str, Any]]
) -> list[str | None]:
    """Send one part without raising; returns an error code for each entry that was not taken, else None."""
    return call_named(lambda named: getattr(client(), operation)(QueueUrl=url, Entries=named), entries)


def call_named(call: Callable[[list[dict[str, Any]]], Any], entries: Sequence[dict[str, Any]]) -> list[str | None]:
    """Give each entry an id, make one call of SQS or SNS without raising, and read its answer as ``call_sqs`` does."""
    named = [{"Id": str(index), **entry} for index, entry in enumerate(entries)]
    try:
        answer = call(named)
    except AWS_FAILURES as error:
        return [error_code(error)] * len(named)
    done = {item["Id"] for item in answer.get("Successful", [])}
    failed = {item["Id"]: str(item.get("Code", "NoAnswer")) for item in answer.get("Failed", [])}
    return [None if entry["Id"] in done else failed.get(str(entry["Id"]), "NoAnswer") for entry in named]
