"""Branches and items of the same execution: what they begin with, and how their outcomes become one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition.workflow.below import TASK_FAILED
from constructs_lib.composition.workflow.catching import with_error
from constructs_lib.composition.workflow.endings import assembled
from constructs_lib.composition.workflow.retrying import ALL
from constructs_lib.composition.workflow.scope import Scope, distributed, undoes, warns
from constructs_lib.composition.workflow.variables import state_name
from constructs_lib.model.asl import RESULT, State, jsonata

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs_lib.composition.workflow.standing import Standing
    from constructs_lib.model.workflow_state import WorkflowState

RESULTS = f"$count({RESULT}) = 0 ? [] : $map({RESULT}, function($r) {{ $r.result }})[]"


def branches(place: Standing) -> tuple[State, ...]:
    """Return the state machines of the branches of a parallel."""
    wrapped, guarded = _told(place), _guarded(place)
    scopes = (
        Scope(
            place.scope.machine,
            "branch",
            steps,
            places=place.scope.places,
            prefix=state_name(place.step.name, name.removeprefix("branches.")),
            owner=place.step.name,
            names=place.names,
            items=place.scope.items,
            visit=place.visit,
            wrapped=wrapped,
            guarded=guarded,
        )
        for name, steps in place.step.scopes().items()
    )
    return tuple(assembled(scope) for scope in scopes)


def inline_item(place: Standing) -> tuple[State, State]:
    """Return the state machine of an item; inside another map its variables have other names than those around it."""
    (steps,) = place.step.scopes().values()
    nested, name = bool(place.scope.items), place.step.name
    item, index = (f"Item_{name}", f"Index_{name}") if nested else ("item", "index")
    scope = Scope(
        place.scope.machine,
        "branch",
        steps,
        places=place.scope.places,
        prefix=state_name(name, "item"),
        owner=name,
        names={**place.names, "item": f"${item}", "index": f"${index}"},
        items=(*place.scope.items, f"${index}"),
        visit=place.visit,
        wrapped=_told(place),
        guarded=_guarded(place),
    )
    given = {item: jsonata("$states.input.item"), index: jsonata("$states.input.index")}
    return assembled(scope, given), {"ItemSelector": SELECTED}


SELECTED = {
    "item": jsonata("$states.context.Map.Item.Value"),
    "index": jsonata("$states.context.Map.Item.Index"),
}


def joined(place: Standing, shape: Callable[[Callable[[int], str]], Any]) -> State:
    """Return what follows a parallel; ``shape`` makes the result of an expression for each branch."""
    told = ".result" if _told(place) else ""
    return _outcome(place, shape(lambda i: jsonata(f"{RESULT}[{i}]{told}")))


def gathered(place: Standing, *, collect: bool) -> State:
    """Return what follows a map."""
    results = RESULTS if _told(place) else RESULT
    return _outcome(place, jsonata(results if collect else f"$count({RESULT})"))


def _outcome(place: Standing, result: Any) -> State:
    name, scope = place.step.name, place.scope
    if not _told(place):
        return {"Assign": {name: result}, **place.done(result)}
    added = {
        name: result,
        scope.warnings: jsonata(_appended("warnings", scope.warnings)),
    }
    if not _guarded(place):
        return {"Assign": added, **place.done(result)}
    done, failed = scope.variable("Done"), f"Failed_{name}"
    added[done] = jsonata(_appended("done", done))
    first = f"$filter({RESULT}, function($r) {{ $not($r.ok) }})[0].error"
    added[failed] = jsonata(f"($e := {first}; $exists($e) ? $e : null)")
    whole = [{"Condition": jsonata(f"${failed} = null"), "Next": place.named("whole")}]
    place.add("whole", {"Type": "Pass", **place.done(jsonata(f"${place.step.name}"))})
    return {"Assign": added, "Output": {}, "Next": judged(place, failed, whole)}


def judged(place: Standing, failed: str, ways: Sequence[State] = ()) -> str:
    """Add the choice of what is declared for an error in a variable, after ``ways``; return the choice's name."""
    ways, default = list(ways), place.named("uncaught")
    for i, catcher in enumerate(place.catchers()):
        word, errors = f"caught{i}", catcher["ErrorEquals"]
        place.add(word, with_error(catcher, f"${failed}.error", f"${failed}.cause"))
        if {ALL, TASK_FAILED} & set(errors):
            default = place.named(word)
            break
        listed = ", ".join(f"'{error}'" for error in errors)
        ways.append({"Condition": jsonata(f"${failed}.error in [{listed}]"), "Next": place.named(word)})
    error, cause = jsonata(f"${failed}.error"), jsonata(f"${failed}.cause")
    place.add("uncaught", {"Type": "Fail", "Error": error, "Cause": cause})
    choice = {"Type": "Choice", "Choices": ways, "Default": default, "Output": {}}
    place.add("judged", choice if ways else {"Type": "Pass", "Output": {}, "Next": default})
    return place.named("judged")


def _appended(field: str, variable: str) -> str:
    return f"$reduce({RESULT}, function($all, $r) {{ $append($all, $r.{field}) }}, ${variable})"


def _inside(place: Standing) -> list[WorkflowState]:
    """Return the steps of the same execution inside: items of their own execution tell their results alone."""
    if distributed(place.step):
        return []
    return [step for steps in place.step.scopes().values() for step in steps]


def _guarded(place: Standing) -> bool:
    """Return whether something inside can be undone, so that no branch may end before it has told what it did."""
    return any(undoes(_inside(place)))


def _told(place: Standing) -> bool:
    return _guarded(place) or warns(_inside(place))
