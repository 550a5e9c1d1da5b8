"""What outputs that send elsewhere have in common: names of grants and of what they bring, and existing targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.model.output import Output
    from constructs_lib.model.plan_context import PlanContext


def sid(word: str, output: Output) -> str:
    """Return the name of a grant: ``SendNotices`` for the output ``notices``."""
    return word + "".join(part.capitalize() for part in output.called.split("_"))


def part_of(output: Output, word: str) -> str:
    """Return the part of a resource's name: ``out-queue``, or ``notices-queue`` where the output has a name."""
    return f"{output.name.replace('_', '-') if output.name else 'out'}-{word}"


def name_in(existing: str, context: PlanContext) -> str:
    """Return the name of an existing resource, of its ARN or as it is."""
    return context.here(existing).rpartition(":")[2].rpartition("/")[2]
