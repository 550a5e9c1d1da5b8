"""What CreateStateMachine refuses: everything about a definition that can be said before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.errors import ALL, DefinitionError
from constructs_lib.drills.memory.states.expressions import is_expression, parsed_expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENDS = ("Succeed", "Fail")
CATCHING = ("Task", "Parallel", "Map")
TYPES = (*ENDS, *CATCHING, "Pass", "Choice", "Wait")
MAX_NAME = 80
MAX_BYTES = 1_048_576
"""Bytes of a definition (Step Functions quotas)."""
PATH_FIELDS = ("InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector", "ItemsPath", "Result")


def check_definition(definition: Mapping[str, Any]) -> None:
    """Raise what is wrong with a definition.

    Raises:
        DefinitionError: every finding, one a line.
    """
    found = list(_findings(definition))
    if found:
        raise DefinitionError("\n".join(found))


def _findings(definition: Mapping[str, Any]) -> Iterator[str]:
    if definition.get("QueryLanguage") != "JSONata":
        yield "QueryLanguage: only JSONata is known here"
    names = list(_names(definition))
    yield from (f"{name}: used twice" for name in sorted({name for name in names if names.count(name) > 1}))
    yield from _chain(definition, frozenset())
    yield from _expressions(definition, "")


def _names(chain: Mapping[str, Any]) -> Iterator[str]:
    for name, state in chain.get("States", {}).items():
        yield name
        for inner in _chains(state):
            yield from _names(inner)


def _chains(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]


def _chain(chain: Mapping[str, Any], outer: frozenset[str]) -> Iterator[str]:
    states = chain.get("States", {})
    if chain.get("StartAt") not in states:
        yield f"StartAt: {chain.get('StartAt')!r} is no state"
        return
    own = frozenset(name for state in states.values() for name in _assigned(state))
    yield from (f"{name}: assigned in an outer scope, too" for name in sorted(own & outer))
    for name, state in states.items():
        yield from (f"{name}: {finding}" for finding in _state(name, state, states))
        distributed = _is_distributed(state)
        for inner in _chains(state):
            yield from _chain(inner, frozenset() if distributed else own | outer)
    reached = _reached(chain["StartAt"], states)
    yield from (f"{name}: cannot be reached" for name in states if name not in reached)


def _is_distributed(state: Mapping[str, Any]) -> bool:
    return bool(state.get("ItemProcessor", {}).get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED")


def _assigned(state: Mapping[str, Any]) -> Iterator[str]:
    for said in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        yield from said.get("Assign", {})


def _state(name: str, state: Mapping[str, Any], states: Mapping[str, Any]) -> Iterator[str]:
    kind = state.get("Type")
    if kind not in TYPES:
        yield f"Type {kind!r}"
        return
    if len(name) > MAX_NAME:
        yield f"a name has up to {MAX_NAME} characters"
    yield from (f"{field} is of JSONPath" for field in PATH_FIELDS if field in state)
    if kind not in (*ENDS, "Choice") and ("Next" in state) == bool(state.get("End")):
        yield "needs Next, or End: true, and not both"
    if kind in (*ENDS, "Choice") and ("Next" in state or "End" in state):
        yield "has neither Next nor End"
    yield from (f"Next: {after!r} is no state beside it" for after in _after(state) if after not in states)
    if kind not in CATCHING and ("Retry" in state or "Catch" in state):
        yield "has neither Retry nor Catch"
    yield from _wildcards(state)
    if "states" in set(_assigned(state)):
        yield "Assign: $states is reserved"
    if kind == "Wait" and ("Seconds" in state) == ("Timestamp" in state):
        yield "needs Seconds or Timestamp"


def _wildcards(state: Mapping[str, Any]) -> Iterator[str]:
    for field in ("Retry", "Catch"):
        said = [one["ErrorEquals"] for one in state.get(field, ())]
        for number, names in enumerate(said):
            if not names:
                yield f"{field}: ErrorEquals is empty"
            if ALL in names and (len(names) > 1 or number < len(said) - 1):
                yield f"{field}: {ALL} stands alone and last"


def _after(state: Mapping[str, Any]) -> Iterator[str]:
    for said in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        if "Next" in said:
            yield said["Next"]
    if "Default" in state:
        yield state["Default"]


def _reached(start: str, states: Mapping[str, Any]) -> set[str]:
    reached: set[str] = set()
    left = [start]
    while left:
        name = left.pop()
        if name in states and name not in reached:
            reached.add(name)
            left += _after(states[name])
    return reached


def _expressions(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _expressions(one, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from _expressions(one, f"{place}[{i}]")
    elif is_expression(value):
        try:
            parsed_expression(value)
        except DefinitionError as error:
            yield f"{place}: {error}"
