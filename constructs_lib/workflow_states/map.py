"""The same steps for every item of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Count, Percent, Switch
from constructs_lib.model.workflow_state import ActingState, StepRetry, Template, WorkflowState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.model.workflow_state import Nested


class ItemSource(Frozen):
    """What a distributed map reads its items from: an object, or the names of objects."""

    format: Literal["csv", "json", "json_lines", "listing"]
    """``csv`` has its names in the first line; ``listing`` is one item for each object below a prefix."""
    store: str = "source"
    """Name of a store of type bucket, or ``source`` for that of the event source."""
    key: Template = None
    """Key of the object; for a listing its prefix."""


class ItemResults(Frozen):
    """Where a distributed map writes what became of its items."""

    store: str
    """Name of a store of type bucket that may be written."""
    prefix: Template = "results"
    """How the keys begin."""


class Map(ActingState):
    """The same steps for every item, so many at once and no more."""

    type: Literal["map"] = "map"
    """One list of steps for every item."""
    retry: StepRetry = StepRetry(max_attempts=1)
    """How often all items run again; once when absent, because each step has retries of its own."""
    mode: Literal["inline", "distributed"] = "inline"
    """``inline`` for up to some hundred items; ``distributed`` gives each item, or batch, an execution of its own."""
    items: Template = None
    """The list, as an expression; a distributed map may read it from a ``source`` instead."""
    source: ItemSource | None = None
    """What a distributed map reads its items from."""
    steps: Annotated[tuple[Nested, ...], Field(min_length=1)]
    """The steps for each item: ``$item`` is the item and ``$index`` its number from 0; with batches ``$items``."""
    max_concurrency: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    """Items in work at once; inline at most 40."""
    max_items: Count
    """Items at most; a longer list fails the step before the first item. The plan's price counts with it."""
    batch_size: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None = None
    """Items that a distributed map hands over together, as ``$items``."""
    tolerated_failures: Percent = 0.0
    """Share of the items of a distributed map that may fail without failing the step."""
    results: ItemResults | None = None
    """Where a distributed map writes what became of its items; without it the results are kept nowhere else."""
    collect: Switch = True
    """Whether the step's result is the list of the results of the items; ``false`` makes it their number."""

    def scopes(self) -> Mapping[str, tuple[WorkflowState, ...]]:
        """Return the steps of an item."""
        return {"steps": self.steps}

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield where the items come from and results go to."""
        yield "items", self.items
        if self.source:
            yield "source.key", self.source.key
        if self.results:
            yield "results.prefix", self.results.prefix
        yield from super().templates()
