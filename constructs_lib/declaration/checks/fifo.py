"""A FIFO queue keeps the order of its groups, and takes only what has one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.declaration.checks.identity import expression_faults
from constructs_lib.errors import Fault
from functions.contract.message import FIFO_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject


def source_can_order(subject: Subject) -> Iterator[Fault]:
    """The service that sends to the buffer can send to a FIFO queue, and an existing queue is what it is."""
    declaration = subject.declaration
    source, existing = declaration.source, declaration.source.existing_queue()
    topic = source.is_fifo()
    if topic is not None and topic is not declaration.queue.fifo:
        kind, wish = ("a FIFO", "true") if topic else ("a standard", "false")
        found = f"{str(declaration.queue.fifo).lower()}, and the existing topic is {kind} topic"
        yield Fault("fifo-disagrees", "queue.fifo", found, "what the existing topic is", f"write queue.fifo: {wish}")
    if not declaration.queue.fifo:
        return
    if source.grouping() == "none":
        found = f"a FIFO queue behind the source {source.type}, which sends to none"
        allowed = "a source whose senders choose groups, such as queue or topic, or queued http"
        yield Fault("fifo-not-possible", "queue.fifo", found, allowed, "remove it, or change the source")
    if existing is not None and not existing.endswith(FIFO_SUFFIX):
        found = f"true, and the existing queue {existing.rpartition(':')[2]} is a standard queue"
        yield Fault("fifo-disagrees", "queue.fifo", found, "what the existing queue is", "remove queue.fifo")


def batch_keeps_order(subject: Subject) -> Iterator[Fault]:
    """A FIFO queue gives at most ten messages, and waits for no window."""
    declaration, most = subject.declaration, subject.catalog.limits.sqs_batch_size_without_window
    if not declaration.fifo:
        return
    if declaration.queue.batch_size > most:
        found = f"{declaration.queue.batch_size} records from a FIFO queue"
        yield Fault("fifo-batch", "queue.batch_size", found, f"at most {most}", "lower it")
    if declaration.queue.max_batching_window > timedelta(0):
        found, path = "a window, and the queue is FIFO", "queue.max_batching_window"
        yield Fault("fifo-batch", path, found, "0s: Lambda takes no window for a FIFO queue", "remove it")


def groups_are_known(subject: Subject) -> Iterator[Fault]:
    """Where the platform sends to a FIFO queue itself, it knows by which field."""
    declaration, key = subject.declaration, subject.declaration.queue.group_key
    by_key, path = declaration.source.grouping() == "key", "queue.group_key"
    if declaration.fifo and by_key and key is None:
        fix = "write group_key: body.account_id, or what keeps its order in your data"
        yield Fault("group-key-missing", path, "no field that gives a request its group", "a field of a request", fix)
    elif key is not None and not (declaration.fifo and by_key):
        why = "the queue is no FIFO queue" if not declaration.fifo else "senders choose the groups themselves"
        fix = "remove it, or make the queue FIFO behind a source http"
        yield Fault("group-key-unused", path, f"{key}, and {why}", "nothing", fix)
    elif key is not None:
        yield from expression_faults(subject, key, path)


def deduplication_is_of_a_fifo_queue(subject: Subject) -> Iterator[Fault]:
    """Only the pipeline's own FIFO queue tells repeats by their bodies."""
    declaration = subject.declaration
    if declaration.queue.content_based_deduplication and not declaration.queue.fifo:
        path = "queue.content_based_deduplication"
        fix = "remove it: records are told by idempotency.key"
        yield Fault("deduplication-unused", path, "true, and queue.fifo is not", "false", fix)


def groups_are_not_collected(subject: Subject) -> Iterator[Fault]:
    """Signals of fan-in share the dead-letter queue, which would be FIFO."""
    declaration = subject.declaration
    if declaration.fifo and declaration.fan_in is not None:
        found = "parts are collected from a FIFO queue"
        fix = "collect from a standard queue: parts of a group come in any order"
        yield Fault("fifo-with-fan-in", "fan_in", found, "a standard queue, or no fan_in", fix)
