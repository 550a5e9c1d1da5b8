"""Outputs can be told apart, and keep up with a batch."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.declaration.checks.subject import UnreadableFile, read_text
from constructs_lib.declaration.checks.user_code import MAX_BYTES
from constructs_lib.declaration.user_code import requirements_of
from constructs_lib.errors import Fault
from constructs_lib.model.units import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject

MARGIN = 2
"""Seconds of a run that sending does not get: the handlers', and those in which what became of records is noted."""


def names_differ(subject: Subject) -> Iterator[Fault]:
    """Every output has a name of its own on ``run.outputs``; the name is its type unless another is given."""
    seen: dict[str, int] = {}
    for index, output in enumerate(subject.declaration.outputs):
        first = seen.setdefault(output.called, index)
        if first != index:
            found = f"a second {output.called}; the first is outputs[{first}]"
            yield Fault("output-twice", f"outputs[{index}]", found, "each name once", "give it a name of its own")


def a_batch_fits(subject: Subject) -> Iterator[Fault]:
    """What a worker is handed at once can be sent within one run, each worker under its share of the rate."""
    declaration, timeout = subject.declaration, subject.timeout
    size = subject.catalog.sizes.get(declaration.taker.size)
    if timeout is None or size is None:
        return
    workers = declaration.taker.max_concurrency or size.max_concurrency
    records = 1 if declaration.source.delivery() == "answer" else declaration.queue.batch_size
    for index, output in enumerate(declaration.outputs):
        seconds = output.slowest_flush(records, workers)
        if seconds + MARGIN > timeout.total_seconds():
            found = f"{records} requests of one of {workers} workers take {seconds:.0f}s"
            allowed = f"{MARGIN}s less than the runner's timeout of {duration_text(timeout)}"
            fix = "lower queue.batch_size or runner.max_concurrency, or raise runner.timeout"
            yield Fault("output-too-slow", f"outputs[{index}].rate", found, allowed, fix)


def libraries_are_locked(subject: Subject) -> Iterator[Fault]:
    """What an output needs at run time is among the runner's requirements."""
    locked = _locked(subject)
    for index, output in enumerate(subject.declaration.outputs):
        for library in output.libraries():
            if locked is not None and library not in locked:
                file = requirements_of(subject.declaration)
                found = f"{library} is not in {file}" if file else f"no requirements, and it needs {library}"
                fix = f"add {library} to the requirements and lock them: uv pip compile --generate-hashes"
                yield Fault("library-not-locked", f"outputs[{index}]", found, "requirements with it", fix)


def _locked(subject: Subject) -> frozenset[str] | None:
    """Return the names in the requirements file; None where it cannot be read, which is told elsewhere."""
    file = requirements_of(subject.declaration)
    if file is None:
        return frozenset()
    try:
        text = read_text(subject.path(file), MAX_BYTES)
    except UnreadableFile:
        return None
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in text.splitlines())
    return frozenset(name[0].lower().replace("_", "-") for name in names if name)
