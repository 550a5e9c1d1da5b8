"""Outputs can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject


def names_differ(subject: Subject) -> Iterator[Fault]:
    """Every output has a name of its own on ``run.outputs``; the name is its type unless another is given."""
    seen: dict[str, int] = {}
    for index, output in enumerate(subject.declaration.outputs):
        first = seen.setdefault(output.called, index)
        if first != index:
            found = f"a second {output.called}; the first is outputs[{first}]"
            yield Fault("output-twice", f"outputs[{index}]", found, "each name once", "give it a name of its own")
