"""A stream's mapping against the retry budget and the runner's cap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject


def lambda_outlasts_the_runner(subject: Subject) -> Iterator[Fault]:
    """Lambda does not give a batch up before the runner has spent a record's attempts and told why."""
    retries, attempts = subject.declaration.source.retries(), subject.declaration.retry.max_attempts
    if retries is not None and retries < attempts:
        yield Fault(
            "stream-attempts-disagree",
            "source.retry_attempts",
            f"{retries}, and retry.max_attempts is {attempts}",
            f"at least {attempts}: what Lambda gives up has no record and no error with it",
            "raise it, or lower retry.max_attempts",
        )


def shards_fit_the_cap(subject: Subject) -> Iterator[Fault]:
    """Every shard is read as soon as it has records."""
    source, runner = subject.declaration.source, subject.declaration.taker
    size = subject.catalog.sizes.get(runner.size)
    cap = runner.max_concurrency or (size.max_concurrency if size else None)
    at_once = source.batches_at_once()
    if cap is not None and at_once is not None and at_once > cap:
        yield Fault(
            "shards-beyond-concurrency",
            "source.shards",
            f"{at_once} batches at once, and the runner takes {cap}",
            "shards × parallelization_factor of at most runner.max_concurrency",
            f"set runner.max_concurrency: {at_once}, or lower one of them",
        )
