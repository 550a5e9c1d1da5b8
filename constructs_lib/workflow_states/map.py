"""The same steps for every item of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from constructs_lib.model.asl import SERVICE, State, inner, jsonata
from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Count, Percent, Switch
from constructs_lib.model.workflow_state import ActingState, StepRetry, Template, WorkflowState
from functions.contract.workflow import ITEMS_TOO_MANY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.model.asl import Place
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
    """Items at most: a longer list fails the step before the first item, one that is read from a ``source`` after the
    last that there may be, whatever ``tolerated_failures`` says. The plan's price counts with it."""
    batch_size: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None = None
    """Items that a distributed map hands over together, as ``$items``."""
    tolerated_failures: Percent = 0.0
    """Share of the items of a distributed map that may fail without failing the step."""
    results: ItemResults | None = None
    """Where a distributed map writes what became of its items; the step's result is then where that is."""
    collect: Switch = True
    """Whether the step's result is the list of the results of the items; ``false`` makes it their number."""

    def collects(self) -> bool:
        """Return whether the results of the items stand in the map's own."""
        return self.collect and self.results is None

    def parts(self) -> int:
        """Return the most items whose results are collected."""
        return self.max_items if self.collects() else 1

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

    def compile(self, place: Place) -> None:
        """Write the map, behind a count of its items where they are known before."""
        counted = self.source is None
        if counted:
            self._count(place)
        if self.mode == "inline":
            machine, handed = place.inline_item()
            machine = {"ProcessorConfig": {"Mode": "INLINE"}, **machine}
        else:
            machine, handed = place.item(batch=self.batch_size, most=None if counted else self.max_items)
        items = {"Items": jsonata(f"${self.name}")} if counted else self._reader(place)
        limits: State = {"MaxConcurrency": self.max_concurrency, **self._tolerance()}
        written = self.results is not None
        gathered = (
            place.gathered(collect=self.collect or written)
            if counted
            else place.counted(self.max_items, collect=self.collect, written=written)
        )
        word = "items" if counted else ""
        state = {"Type": "Map", **items, **handed, **limits, "ItemProcessor": machine}
        place.add(word, {**state, **self._writer(place), **place.tried(calls=False), **gathered})

    def _count(self, place: Place) -> None:
        """Add a parallel of one branch that makes the items a list and refuses too many, where both can be caught."""
        text = inner(place.value(self.items)) if isinstance(self.items, str) else None
        made = place.value(self.items)
        if text is not None:
            listed = "$exists($v) ? ($type($v) = 'array' ? $v : [$v]) : []"
            made = jsonata(f"($v := ({text}); {listed})")
        count, refused, kept = place.named("count"), place.named("too_many"), place.named("counted")
        more = {"Condition": jsonata(f"$count($states.input) > {self.max_items}"), "Next": refused}
        states: State = {
            place.named("list"): {"Type": "Pass", "Output": made, "Next": count},
            count: {"Type": "Choice", "Choices": [more], "Default": kept},
            kept: {"Type": "Succeed"},
            refused: {"Type": "Fail", "Error": ITEMS_TOO_MANY, "Cause": f"more than {self.max_items} items"},
        }
        branch = {"StartAt": place.named("list"), "States": states}
        found = {"Assign": {self.name: jsonata("$states.result[0]")}, "Output": {}, "Next": place.named("items")}
        place.add("", {"Type": "Parallel", "Branches": [branch], **place.tried(calls=False), **found})

    def _tolerance(self) -> State:
        if self.mode == "inline":
            return {}
        return {"ToleratedFailurePercentage": round(self.tolerated_failures * 100, 4), "Label": self.name}

    def _reader(self, place: Place) -> State:
        """Return what the items are read from: one more than there may be, so that too many are noticed."""
        if self.source is None:
            raise ValueError(f"{self.name} has no source")
        bucket, prefix = place.store(self.source.store)
        key = place.value(self.source.key)
        most: State = {"MaxItems": self.max_items + 1}
        if self.source.format == "listing":
            below = prefix if key is None else key
            call, config, where = "s3:listObjectsV2", most, {"Bucket": bucket, "Prefix": below}
        else:
            kinds = {"csv": "CSV", "json": "JSON", "json_lines": "JSONL"}
            header: State = {"CSVHeaderLocation": "FIRST_ROW"} if self.source.format == "csv" else {}
            call, where = "s3:getObject", {"Bucket": bucket, "Key": key}
            config = {"InputType": kinds[self.source.format], **header, **most}
        return {"ItemReader": {"Resource": f"{SERVICE}{call}", "ReaderConfig": config, "Arguments": where}}

    def _writer(self, place: Place) -> State:
        if self.results is None:
            return {}
        bucket, _ = place.store(self.results.store)
        where = {"Bucket": bucket, "Prefix": place.value(self.results.prefix)}
        return {"ResultWriter": {"Resource": f"{SERVICE}s3:putObject", "Arguments": where}}
