"""What the function that shares records out and the workers that are given them agree on."""

from __future__ import annotations

from dataclasses import dataclass

from functions.contract.environment import JsonShape

SHARE = "share"
"""In a message: ``ShareFacts`` as an object; beside a record's fields: what of them tells the part."""
RECORD = "record"
"""In a message: the record's fields without its body."""
TEXT = "text"
"""In a message: the text of the body, of one item, or of a list of items."""
LARGE = "large"
"""In a message, in place of record and text: ``LargeBody`` as an object, where both are too large to be handed over."""
OUTPUT = "workers"
"""Name of the internal output by which records are shared out."""
OUTPUT_TYPE = "share"
PART_SOURCE = "part"
"""The source of a worker: its own queue."""
TOPIC, EVENT_BUS = "topic", "event_bus"
"""What hands parts over."""
DETAIL_TYPE = "Part"
"""Detail type of a part on the pipeline's own bus."""
MAX_BYTES = 262_144
"""Bytes of one message of a topic, and of one event of a bus (SNS and EventBridge quotas, 256 KiB)."""
ROOM = 2_048
"""Bytes of those that are left for attributes and for what a bus writes around an event."""


@dataclass(frozen=True)
class ShareFacts(JsonShape):
    """Whose part it is, and which."""

    token: str
    """Run token of the record."""
    run_id: str
    """The run that shared it out: the parent of each worker's run."""
    tenant: str
    correlation_id: str
    number: int = 0
    """Which of the record's messages it is, from 0."""
    count: int = 1
    """How many messages the record was shared out into; each goes to every worker."""
    first: int | None = None
    """Number of its first item in the record's list; None where the record goes as a whole."""
    accepted_at: int | None = None


def part_name(worker: str, number: int, *, numbered: bool) -> str:
    """Return what a worker's part of a record is called: ``captions``, or ``captions[3]`` where there are several."""
    return f"{worker}[{number}]" if numbered else worker


def part_names(workers: tuple[str, ...], count: int, *, numbered: bool) -> list[str]:
    """Return the names of all parts of a record."""
    return [part_name(worker, number, numbered=numbered) for worker in workers for number in range(count)]


def speaker(pipeline: str) -> str:
    """Return the source under which parts stand on the pipeline's own bus."""
    return f"pipelines.{pipeline}"
