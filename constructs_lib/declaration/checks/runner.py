"""The runner against the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.declaration.field_names import nearest
from constructs_lib.errors import Fault
from constructs_lib.model.units import duration_text, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject


def size_exists(subject: Subject) -> Iterator[Fault]:
    """The size is a word of the catalogue."""
    size, catalog = subject.declaration.taker.size, subject.catalog
    if size in catalog.sizes:
        return
    close = nearest(size, catalog.sizes)
    largest = list(catalog.sizes)[-1]
    beyond = f"above {largest} another runner class fits, outside this library: {catalog.elsewhere()}"
    yield Fault(
        "size-unknown",
        "runner.size",
        f"{shown(size)} is no size of the catalogue {catalog.version}",
        ", ".join(catalog.sizes),
        f"did you mean {close}?" if close else beyond,
    )


def timeout_fits(subject: Subject) -> Iterator[Fault]:
    """A run ends before its runner class ends it."""
    runner, catalog = subject.declaration.taker, subject.catalog
    entry = catalog.runner_classes.get(runner.class_)
    longest = (entry.max_timeout if entry else None) or catalog.limits.lambda_timeout
    if runner.timeout is None or 0 < runner.timeout.total_seconds() <= longest.total_seconds():
        return
    yield Fault(
        "timeout-too-long" if runner.timeout > longest else "number-out-of-range",
        "runner.timeout",
        duration_text(runner.timeout),
        f"1s to {duration_text(longest)}, the longest run of the class {runner.class_}",
        f"lower it or take a class for longer runs, outside this library: {catalog.elsewhere()}",
    )


def caller_waits_long_enough(subject: Subject) -> Iterator[Fault]:
    """A run that somebody waits for ends before the caller gives up."""
    timeout, longest = subject.declaration.taker.timeout, subject.declaration.source.longest_run()
    if timeout is not None and longest is not None and timeout > longest:
        yield Fault(
            "timeout-outlasts-caller",
            "runner.timeout",
            duration_text(timeout),
            f"at most {duration_text(longest)}: the gateway does not wait longer",
            "lower it, or leave mode out so that the request is queued",
        )


def concurrency_fits(subject: Subject) -> Iterator[Fault]:
    """The cap is one that an SQS event source mapping takes; a function that is called may be reserved less."""
    cap, limits = subject.declaration.taker.max_concurrency, subject.catalog.limits
    if (
        cap is None
        or subject.declaration.source.delivery() != "queue"
        or limits.sqs_min_concurrency <= cap <= limits.sqs_max_concurrency
    ):
        return
    yield Fault(
        "concurrency-out-of-range",
        "runner.max_concurrency",
        f"{cap} batches at once",
        f"{limits.sqs_min_concurrency} to {limits.sqs_max_concurrency}",
        "change it; to go slower than the lowest cap, lower queue.batch_size too",
    )
