"""What ran below a record's run: the steps of its workflow, or the workers that were given a part, as a tree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from constructs_lib.operations.story.log_link import log_link
from functions.contract.ledger import LedgerEntry, Status

if TYPE_CHECKING:
    from constructs_lib.model.state_machine import StepPlan

BAD = (Status.DEAD_LETTERED, Status.FAILED, Status.QUARANTINED, Status.REJECTED)
"""From the worst on: what a node says of itself when something inside it has gone wrong."""
_PATH = re.compile(r"(?P<name>[^\[@]*)(?P<items>(?:\[[^\]]*\])*)(?P<visit>(?:@\d+)?)")
_ITEM = re.compile(r"\[[^\]]*\]")

Scopes = Mapping[str, tuple[tuple[str, bool], ...]]
"""By the name of a step: the steps around it, from the outermost inwards, and whether each has items.

The last is the step itself where it has items."""


@dataclass(frozen=True)
class Attempt:
    """One entry of the ledger about a step; ``at`` is its beginning, milliseconds since 1970."""

    run_id: str
    status: str
    attempt: int
    at: int
    duration_ms: int
    by: str
    """The function, or the operator."""
    logs: str
    error_type: str = ""
    error_message: str = ""


@dataclass(frozen=True)
class Node:
    """A step, an item of a map, a worker, or what is around them."""

    name: str
    path: str
    """What the ledger calls it; empty for what is only around others."""
    run_token: str
    status: str
    began: int
    ended: int
    attempts: tuple[Attempt, ...] = ()
    children: tuple[Node, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain data; its shape is stable."""
        attempts = [vars(attempt) for attempt in self.attempts]
        return {**vars(self), "attempts": attempts, "children": [child.to_json() for child in self.children]}


@dataclass
class _Place:
    """A place of the tree while it is filled."""

    entries: list[LedgerEntry] = field(default_factory=list)
    inner: dict[str, _Place] = field(default_factory=dict)

    def at(self, keys: Iterable[str]) -> _Place:
        place = self
        for key in keys:
            place = place.inner.setdefault(key, _Place())
        return place


def scopes_of(steps: Iterable[StepPlan]) -> Scopes:
    """Return what stands around each step of a plan; a map stands around its own items."""
    planned = tuple(steps)
    maps = {step.name for step in planned if step.type == "map"}
    own = {step.name: (*step.scope, *([step.name] if step.name in maps else [])) for step in planned}
    return {name: tuple((around, around in maps) for around in names) for name, names in own.items()}


@dataclass(frozen=True)
class Below:
    """A run of another pipeline that a step has started."""

    told: tuple[LedgerEntry, ...]
    """What the run is and how it ended, under the name of the step that started it."""
    inside: tuple[LedgerEntry, ...]
    """Its own steps."""
    deeper: tuple[Below, ...] = ()
    """What those have started."""


def grow(entries: Iterable[LedgerEntry], scopes: Scopes, region: str, below: Iterable[Below] = ()) -> tuple[Node, ...]:
    """Return the tree of entries that name a step, in the order in which the steps began."""
    runs = tuple(below)
    inside = {run.told[0].run_token: grow(run.inside, {}, region, run.deeper) for run in runs if run.told}
    told = [*entries, *(entry for run in runs for entry in run.told)]
    return _grafted(_grown(told, scopes, region), inside)


def _grafted(nodes: tuple[Node, ...], inside: Mapping[str, tuple[Node, ...]]) -> tuple[Node, ...]:
    """Return the tree with the steps of other workflows below the steps that have started those."""
    return tuple(
        replace(node, children=(*_grafted(node.children, inside), *inside.get(node.run_token, ()))) for node in nodes
    )


def _grown(entries: Iterable[LedgerEntry], scopes: Scopes, region: str) -> tuple[Node, ...]:
    root = _Place()
    told: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.step is not None and entry.hash not in told[entry.step]:
            told[entry.step].add(entry.hash)
            root.at(_keys(entry, scopes)).entries.append(entry)
    return _nodes(root, region)


def flat(nodes: Iterable[Node], depth: int = 0) -> Iterator[tuple[int, Node]]:
    """Yield every node after the one that it is in, with its depth."""
    for node in nodes:
        yield depth, node
        yield from flat(node.children, depth + 1)


def _keys(entry: LedgerEntry, scopes: Scopes) -> Iterator[str]:
    """Yield the way to an entry: what is around its step, the items of the maps, and the step itself."""
    found = _PATH.fullmatch(entry.step or "")
    if found is None:
        yield entry.step or ""
        return
    items = _ITEM.findall(found["items"])
    around = scopes.get(found["name"], ())
    for name, has_items in around:
        yield name
        if has_items and items:
            yield items.pop(0)
    if around and around[-1][0] == found["name"]:
        return
    yield found["name"] + "".join(items) + found["visit"]


def _nodes(place: _Place, region: str) -> tuple[Node, ...]:
    nodes = (_node(name, inner, region) for name, inner in place.inner.items())
    return tuple(sorted(nodes, key=lambda node: (node.began, node.path)))


def _node(name: str, place: _Place, region: str) -> Node:
    children = _nodes(place, region)
    entries = sorted(place.entries, key=lambda entry: (entry.recorded_at, entry.attempt))
    attempts = tuple(_attempt(entry, region) for entry in entries)
    return Node(
        name=name,
        path=next((entry.step for entry in entries if entry.step), ""),
        run_token=entries[0].run_token if entries else "",
        status=_status([entry.status for entry in entries]) if entries else _joined(children),
        began=min((*(one.at for one in attempts), *(child.began for child in children))),
        ended=max((*(one.at + one.duration_ms for one in attempts), *(child.ended for child in children))),
        attempts=attempts,
        children=children,
    )


def _status(statuses: list[Status]) -> str:
    """``succeeded`` stands, unless it was taken back; a duplicate says nothing new."""
    if Status.UNDONE in statuses:
        return Status.UNDONE.value
    if Status.SUCCEEDED in statuses:
        return Status.SUCCEEDED.value
    told = [status for status in statuses if status is not Status.DUPLICATE]
    return (told or statuses)[-1].value


def _joined(children: tuple[Node, ...]) -> str:
    statuses = [child.status for child in children]
    return next((bad.value for bad in BAD if bad in statuses), statuses[-1])


def _attempt(entry: LedgerEntry, region: str) -> Attempt:
    ended = round(datetime.fromisoformat(entry.recorded_at).timestamp() * 1000)
    began = ended - entry.duration_ms
    of_operator = entry.status in {Status.OPERATED, Status.REDRIVEN}
    return Attempt(
        run_id=entry.run_id,
        status=entry.status.value,
        attempt=entry.attempt,
        at=began,
        duration_ms=entry.duration_ms,
        by=entry.function,
        logs="" if of_operator else log_link(region, entry.function, entry.run_token, began, ended),
        error_type=entry.error_type or "",
        error_message=entry.error_message or "",
    )
