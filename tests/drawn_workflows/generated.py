"""Random workflows without a fault, and random scripts of their functions.

Every branch and every item begins with a task, so that nothing happens at the same moment as anything else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.drawn_workflows import waiting
from tests.drawn_workflows.author import Author, Where
from tests.drawn_workflows.lists import LISTS, ROWS, chunks

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.drawn_workflows.author import Draw, Json

    Block = Callable[[Author, list[str], Where], list[Json]]

DEEPEST = 2
ERROR_OF_MAPS = "States.ExceedToleratedFailureThreshold"
TIMED = ("approval", "job", "workflow", "callback")


@dataclass(frozen=True)
class Drawn:
    """The fields of a workflow, and the errors of its functions' calls by path."""

    workflow: dict[str, Any]
    errors: dict[str, tuple[str | None, ...]]


@st.composite
def workflows(draw: Draw, *, sure: bool = False, alone: bool = False) -> Drawn:
    """Draw a workflow.

    A ``sure`` one has the same outcome whatever faults of AWS it meets; one that is ``alone`` needs nobody beside its
    own functions: no person, no other workflow.
    """
    author = Author(draw, express=not sure and draw(st.integers(1, 6)) == 6, sure=sure, alone=alone)
    steps = _steps(author, [], Where())
    chosen = draw(st.lists(st.sampled_from(sorted(author.paths)), max_size=8, unique=True))
    errors = {path: _errors(draw, author.paths[path]) for path in chosen}
    if author.express:
        return Drawn({"type": "express", "timeout": author.one_of("5m", "70s"), "steps": steps}, errors)
    timeout = "1d" if sure else author.one_of("1d", "1d", "1d", "70s", "3m")
    return Drawn({"type": "standard", "timeout": timeout, "steps": steps}, errors)


def _errors(draw: Draw, errors: tuple[str | None, ...]) -> tuple[str | None, ...]:
    return tuple(draw(st.lists(st.sampled_from([None, *errors]), max_size=4)))


def _steps(author: Author, known: list[str], where: Where) -> list[Json]:
    """Return a list of steps; ``known`` are steps that have run before on every path."""
    known = list(known)
    steps = [author.task(known, where)]
    known.append(steps[0]["name"])
    blocks: list[Block] = [_line, _branching, _loop, _caught]
    blocks += [_parallel, _map] if where.depth < DEEPEST else []
    for _ in range(author.draw(st.integers(0, 3 - where.depth))):
        steps += author.one_of(*blocks)(author, known, where)
    return [*steps, *_end(author, known, where)]


def _end(author: Author, known: list[str], where: Where) -> list[Json]:
    kind = author.one_of("task", "acting", "succeed", "fail", "wait")
    if kind == "succeed":
        output = {"of": f"{{% ${author.one_of(*known)} %}}", "warned": "{% $warnings %}"}
        return [{"type": "succeed", "name": author.name("good"), "output": output}]
    if kind == "fail" and author.seldom(2):
        return [{"type": "fail", "name": author.name("bad"), "error": "Refunded", "cause": "told"}]
    if kind == "wait":
        return [author.wait()]
    return [_acting(author, known, where) if kind == "acting" else author.task(known, where)]


def _acting(author: Author, known: list[str], where: Where) -> Json:
    """Return a step of any kind that acts by itself."""
    kinds: list[Callable[[Author, list[str], Where], Json]] = [Author.task]
    told = where.items == ((),) or (len(where.items[0]) == 1 and "index" in where.words)
    kinds += [waiting.send] if told and not author.alone else []
    if not author.express:
        kinds += [waiting.callback, waiting.job]
        kinds += [] if author.alone else [waiting.approval, *([waiting.below] if told else [])]
    made: Json = author.one_of(*kinds)(author, known, where)
    return made


def _line(author: Author, known: list[str], where: Where) -> list[Json]:
    step = _acting(author, known, where)
    known.append(step["name"])
    return [step, *([author.wait()] if author.seldom(3) else [])]


def _condition(step: str, below: int) -> str:
    return f"{{% $type(${step}) = 'number' and ${step} < {below} %}}"


def _branching(author: Author, known: list[str], where: Where) -> list[Json]:
    of = author.one_of(*known)
    one, other, after = author.task(known, where), _acting(author, known, where), author.wait()
    case = {"when": _condition(of, 2), "next": one["name"]}
    choice = {"type": "choice", "name": author.name("choice"), "cases": [case], "default": other["name"]}
    return [choice, {**one, "next": after["name"]}, other, after]


def _loop(author: Author, known: list[str], where: Where) -> list[Json]:
    again, after = author.task(known, where), author.wait()
    between = [_acting(author, [*known, again["name"]], where)] if author.seldom(2) else []
    case = {"when": _condition(again["name"], author.one_of(2, 3)), "next": again["name"]}
    known += [again["name"], *(one["name"] for one in between)]
    choice = {"type": "choice", "name": author.name("again"), "cases": [case], "default": after["name"]}
    return [again, *between, choice, after]


def _caught(author: Author, known: list[str], where: Where) -> list[Json]:
    mend = {**author.task(known, where), "input": "{% $error.step %}"}
    after = author.wait()
    risky = _acting(author, known, where)
    own = {
        "approval": ["ApprovalRejected", "ApprovalExpired"],
        "job": ["States.Timeout"],
        "workflow": ["States.Timeout"],
    }
    names = [["States.ALL"], ["Declined"], ["Busy", "Permanent"], *([one] for one in own.get(risky["type"], ()))]
    catch = [{"errors": author.one_of(*names), "next": mend["name"]}]
    return [{**risky, "catch": catch, "next": after["name"]}, mend, after]


def _around(author: Author, step: Json, known: list[str], where: Where) -> list[Json]:
    """Return a step with steps inside, and how its failures are taken."""
    care = author.care(step["name"], where)
    if author.sure or '"undo":' in json.dumps([step.get("branches"), step.get("steps")]):
        care["retry"] = {"max_attempts": 1}
    after: list[Json] = []
    if author.seldom(3):
        mend = {**author.task(known, where), "input": "{% $error.error %}"}
        last = author.wait()
        errors = author.one_of(["States.ALL"], ["Declined", ERROR_OF_MAPS])
        care |= {"catch": [{"errors": errors, "next": mend["name"]}], "next": last["name"]}
        after = [mend, last]
    else:
        known.append(step["name"])
    return [{**step, **care}, *after]


def _parallel(author: Author, known: list[str], where: Where) -> list[Json]:
    name = author.name("both")
    branches = {author.name("branch"): _steps(author, known, where.deeper()) for _ in range(2)}
    return _around(author, {"type": "parallel", "name": name, "branches": branches}, known, where)


def _map(author: Author, known: list[str], where: Where) -> list[Json]:
    distributed = not author.express and author.seldom(2)
    name, most = author.name("each"), author.one_of(2, 5)
    read = author.one_of(*ROWS) if distributed and author.seldom(2) else ""
    over = author.one_of(*LISTS)
    count = len(ROWS[read][1]) if read else len(LISTS[over])
    size = author.one_of(None, 2) if distributed else None
    firsts = [first for first, _ in chunks(list(range(count)), size)]
    below = tuple((*numbers, first) for numbers in where.items for first in firsts)
    step = {
        "type": "map",
        "name": name,
        **({"source": {"format": ROWS[read][0], "store": "data", "key": read}} if read else _listed(over)),
        "max_concurrency": author.draw(st.integers(1, 3)),
        "max_items": most,
        "collect": not author.seldom(5),
        **(_distributed(author, size) if distributed else {}),
        "steps": _steps(author, known, where.inside(below, *(("items",) if size else ("item", "index")))),
    }
    return _around(author, step, known, where)


def _listed(over: str) -> Json:
    return {"items": f"{{% $record.body.{over} %}}"}


def _distributed(author: Author, size: int | None) -> Json:
    tolerated = "100%" if author.sure else author.one_of("0%", "40%")
    return {"mode": "distributed", "tolerated_failures": tolerated, **({"batch_size": size} if size else {})}
