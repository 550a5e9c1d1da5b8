"""Random workflows without a fault, and random scripts of their functions.

Every branch and every item begins with a task, so that nothing happens at the same moment as anything else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.drawn_workflows.script import path_of

HANDLER = "handlers.steps:work"
ERRORS = ("Busy", "Declined", "Permanent")
RECORD: dict[str, dict[str, list[Any]]] = {"body": {"list": [[1, 2], [3], []], "few": [7, 8], "none": []}}
LISTS = ("list", "few", "none")
DEEPEST = 2

Draw = Any


@dataclass
class _Author:
    """Writes one workflow; ``names`` counts, ``paths`` are the functions that scripts may let fail."""

    draw: Draw
    names: int = 0
    paths: list[str] = field(default_factory=list)

    def name(self, word: str) -> str:
        """Return a new name."""
        self.names += 1
        return f"{word}{self.names}"

    def one_of(self, *values: Any) -> Any:
        """Return one of the values."""
        return self.draw(st.sampled_from(values))

    def seldom(self, times: int = 4) -> bool:
        """Return true once in so many times."""
        return bool(self.draw(st.integers(1, times)) == times)


@st.composite
def workflows(draw: Draw) -> tuple[dict[str, Any], dict[str, tuple[str | None, ...]]]:
    """Draw the fields of a workflow, and the errors of its functions' calls by path."""
    author = _Author(draw)
    steps = _steps(author, 0, [], ((),))
    outcomes = st.lists(st.sampled_from([None, None, *ERRORS]), max_size=4).map(tuple)
    chosen = draw(st.lists(st.sampled_from(author.paths), max_size=8, unique=True))
    errors = {path: draw(outcomes) for path in chosen}
    return {"type": "standard", "timeout": "1d", "steps": steps}, errors


def _steps(author: _Author, depth: int, known: list[str], items: tuple[tuple[int, ...], ...]) -> list[dict[str, Any]]:
    """Return a list of steps; ``known`` are steps that have run before on every path."""
    known = list(known)
    steps = [_task(author, known, items)]
    known.append(steps[0]["name"])
    blocks = [_line, _branching, _loop, _caught, *([_parallel, _map] if depth < DEEPEST else [])]
    for _ in range(author.draw(st.integers(0, 3 - depth))):
        steps += author.one_of(*blocks)(author, depth, known, items)
    return [*steps, *_end(author, known, items)]


def _end(author: _Author, known: list[str], items: tuple[tuple[int, ...], ...]) -> list[dict[str, Any]]:
    kind = author.one_of("task", "succeed", "fail", "wait")
    if kind == "succeed":
        output = {"of": f"{{% ${author.one_of(*known)} %}}", "warned": "{% $warnings %}"}
        return [{"type": "succeed", "name": author.name("good"), "output": output}]
    if kind == "fail" and author.seldom(2):
        return [{"type": "fail", "name": author.name("bad"), "error": "Refunded", "cause": "told"}]
    if kind == "wait":
        return [_wait(author)]
    return [_task(author, known, items)]


def _wait(author: _Author) -> dict[str, Any]:
    return {"type": "wait", "name": author.name("wait"), "duration": f"{author.one_of(1, 7, 60)}s"}


def _task(author: _Author, known: list[str], items: tuple[tuple[int, ...], ...], **rest: Any) -> dict[str, Any]:
    name = author.name("task")
    given = ["{% $record.body.few %}", *(f"{{% ${one} %}}" for one in known), *(["{% $index %}"] if items[0] else [])]
    step = {"type": "task", "name": name, "handler": HANDLER, "timeout": "1m", "input": author.one_of(*given)}
    author.paths += [path_of(name, numbers) for numbers in items]
    return {**step, **_care(author, name, items), **rest}


def _care(author: _Author, name: str, items: tuple[tuple[int, ...], ...]) -> dict[str, Any]:
    """Return how failures of a step are taken."""
    care: dict[str, Any] = {"retry": _retry(author)}
    if author.seldom(5):
        care["critical"] = False
    if author.seldom(3):
        care["undo"] = {"handler": HANDLER, "timeout": "1m", "retry": _retry(author)}
        author.paths += [path_of(f"{name}_undo", numbers) for numbers in items]
    return care


def _retry(author: _Author) -> dict[str, Any]:
    errors = author.one_of(["States.ALL"], ["Busy"], ["Busy", "Declined"])
    return {
        "max_attempts": author.draw(st.integers(1, 3)),
        "interval": f"{author.one_of(1, 5)}s",
        "backoff_rate": author.one_of(1.0, 2.0),
        "max_delay": "7s",
        "jitter": "none",
        "errors": errors,
    }


def _line(author: _Author, _depth: int, known: list[str], items: tuple[tuple[int, ...], ...]) -> list[dict[str, Any]]:
    task = _task(author, known, items)
    known.append(task["name"])
    return [task, *([_wait(author)] if author.seldom(3) else [])]


def _condition(step: str, below: int) -> str:
    return f"{{% $type(${step}) = 'number' and ${step} < {below} %}}"


def _branching(
    author: _Author, _depth: int, known: list[str], items: tuple[tuple[int, ...], ...]
) -> list[dict[str, Any]]:
    of = author.one_of(*known)
    one, other, after = _task(author, known, items), _task(author, known, items), _wait(author)
    case = {"when": _condition(of, 2), "next": one["name"]}
    choice = {"type": "choice", "name": author.name("choice"), "cases": [case], "default": other["name"]}
    return [choice, {**one, "next": after["name"]}, other, after]


def _loop(author: _Author, _depth: int, known: list[str], items: tuple[tuple[int, ...], ...]) -> list[dict[str, Any]]:
    again, after = _task(author, known, items), _wait(author)
    case = {"when": _condition(again["name"], author.one_of(2, 3)), "next": again["name"]}
    known.append(again["name"])
    choice = {"type": "choice", "name": author.name("again"), "cases": [case], "default": after["name"]}
    return [again, choice, after]


def _caught(author: _Author, _depth: int, known: list[str], items: tuple[tuple[int, ...], ...]) -> list[dict[str, Any]]:
    mend = {**_task(author, known, items), "input": "{% $error.step %}"}
    after = _wait(author)
    errors = author.one_of(["States.ALL"], ["Declined"], ["Busy", "Permanent"])
    risky = _task(author, known, items, catch=[{"errors": errors, "next": mend["name"]}], next=after["name"])
    return [risky, mend, after]


def _around(
    author: _Author, step: dict[str, Any], items: tuple[tuple[int, ...], ...], known: list[str]
) -> list[dict[str, Any]]:
    """Return a step with steps inside, and how its failures are taken."""
    care = _care(author, step["name"], items)
    if '"undo":' in json.dumps([step.get("branches"), step.get("steps")]):
        care["retry"]["max_attempts"] = 1
    after: list[dict[str, Any]] = []
    if author.seldom(3):
        mend = {**_task(author, known, items), "input": "{% $error.error %}"}
        last = _wait(author)
        errors = author.one_of(["States.ALL"], ["Declined", "States.ExceedToleratedFailureThreshold"])
        care |= {"catch": [{"errors": errors, "next": mend["name"]}], "next": last["name"]}
        after = [mend, last]
    else:
        known.append(step["name"])
    return [{**step, **care}, *after]


def _parallel(
    author: _Author, depth: int, known: list[str], items: tuple[tuple[int, ...], ...]
) -> list[dict[str, Any]]:
    name = author.name("both")
    branches = {author.name("branch"): _steps(author, depth + 1, known, items) for _ in range(2)}
    return _around(author, {"type": "parallel", "name": name, "branches": branches}, items, known)


def _map(author: _Author, depth: int, known: list[str], items: tuple[tuple[int, ...], ...]) -> list[dict[str, Any]]:
    name = author.name("each")
    over = author.one_of(*LISTS)
    count = len(RECORD["body"][over])
    below = tuple((*numbers, i) for numbers in items for i in range(count)) or ((0,),)
    mode = author.one_of("inline", "inline", "distributed")
    step = {
        "type": "map",
        "name": name,
        "mode": mode,
        "items": f"{{% $record.body.{over} %}}",
        "max_concurrency": author.draw(st.integers(1, 3)),
        "max_items": author.one_of(2, 5),
        "collect": not author.seldom(5),
        **({"tolerated_failures": author.one_of("0%", "40%")} if mode == "distributed" else {}),
        "steps": _steps(author, depth + 1, known, below),
    }
    return _around(author, step, items, known)
