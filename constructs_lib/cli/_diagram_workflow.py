"""The picture of a workflow: its steps, where each goes on, and what happens after a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.cli._diagram_labels import condition, label
from constructs_lib.model.units import duration_text
from constructs_lib.model.workflow_state import ActingState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.model.workflow_state import WorkflowState

BEGIN, DONE = "begin", "done"
_SHAPES = {
    "choice": ("{{", "}}"),
    "wait": ("(", ")"),
    "approval": ("[/", "/]"),
    "succeed": ("([", "])"),
    "fail": ("([", "])"),
    "send": (">", "]"),
    "workflow": ("[[", "]]"),
}
"""What stands around the label of a step of a type; a box is drawn of the others."""
_BAD = "fill:#fdecea,stroke:#c0392b"
_QUIET = "fill:#f6f8fa,stroke:#9aa7b4"


def workflow_picture(workflow: Workflow) -> str:
    """Return the picture of a workflow alone."""
    return "\n".join(["flowchart TB", *(f"    {line}" for line in workflow_lines(workflow))]) + "\n"


def workflow_lines(workflow: Workflow) -> Iterator[str]:
    """Yield the lines of a workflow: ``begin``, its steps, and ``done`` where one of them ends it well."""
    lines = list(_scope(workflow.steps, DONE))
    yield f"subgraph workflow[{label(f'{workflow.type} workflow, at most {duration_text(workflow.timeout)}')}]"
    yield "    direction TB"
    yield f"    {BEGIN}((({label('a record')})))"
    yield f"    {BEGIN} --> {_id(workflow.steps[0].name)}"
    yield from (f"    {line}" for line in lines)
    if any(line.endswith(f" {DONE}") for line in lines):
        yield f"    {DONE}((({label('succeeded')})))"
    yield "end"
    yield from _styles(workflow.steps)


def _scope(steps: tuple[WorkflowState, ...], after: str = "") -> Iterator[str]:
    """Yield the steps of one list; ``after`` is where its end leads, which is nowhere in a branch or an item."""
    for step in steps:
        yield from _shown(step)
    for step, below in zip(steps, (*steps[1:], None), strict=True):
        yield from _ways(step, _following(step, below, after))


def _following(step: WorkflowState, below: WorkflowState | None, after: str) -> str:
    if not step.falls_through() and not step.end:
        return after if step.type == "succeed" else ""
    name = step.next or (below.name if below else None)
    return after if step.end or name is None else _id(name)


def _shown(step: WorkflowState) -> Iterator[str]:
    scopes = step.scopes()
    if not scopes:
        opened, closed = _SHAPES.get(step.type, ("[", "]"))
        yield f"{_id(step.name)}{opened}{label(step.name, _about(step))}{closed}"
    else:
        yield f"subgraph {_id(step.name)}[{label(step.name, _about(step))}]"
        yield "    direction TB"
        for number, (place, steps) in enumerate(scopes.items()):
            _, _, branch = place.partition(".")
            inner = list(_scope(steps))
            if branch:
                inner = [
                    f"subgraph {_id(step.name)}_{number}[{label(branch)}]",
                    "    direction TB",
                    *(f"    {line}" for line in inner),
                    "end",
                ]
            yield from (f"    {line}" for line in inner)
        yield "end"
    if isinstance(step, ActingState) and step.undo is not None:
        yield f"undo_{step.name}[{label(f'undo {step.name}', step.undo.handler)}]"


def _ways(step: WorkflowState, following: str) -> Iterator[str]:
    """Yield where a step goes on: well, by a condition, after an error, with a warning, or back."""
    here, said = _id(step.name), dict(step.templates())
    if following:
        yield f"{here} --> {following}"
    for place, target in step.jumps():
        when = said.get(place.removesuffix(".next") + ".when")
        if not place.startswith("catch"):
            yield f"{here} -->|{label(condition(str(when)) if when else 'otherwise')}| {_id(target)}"
    if not isinstance(step, ActingState):
        return
    for catch in step.catch:
        yield f"{here} -.->|{label(', '.join(catch.errors))}| {_id(catch.next)}"
    if not step.critical and following:
        yield f"{here} -.->|{label('fails: warned, goes on')}| {following}"
    if step.undo is not None:
        yield f"{here} -.->|{label('a later step fails')}| undo_{step.name}"


def _about(step: WorkflowState) -> str:
    """Return what a step does, in a few words of its own fields."""
    handlers = [code.handler for place, code in step.code().items() if place != "undo"]
    numbers = (
        f"{field.replace('_', ' ')} {getattr(step, field)}"
        for field in ("mode", "pipeline", "output", "error", "max_concurrency", "batch_size")
        if isinstance(getattr(step, field, None), (str, int)) and getattr(step, field)
    )
    times = (
        duration_text(value) for field in ("duration", "timeout") if (value := getattr(step, field, None)) is not None
    )
    warned = ["may fail"] if isinstance(step, ActingState) and not step.critical else []
    return ", ".join([step.type, *handlers, *numbers, *times, *warned])


def _styles(steps: tuple[WorkflowState, ...]) -> Iterator[str]:
    """Yield colours: bad ends red, what takes steps back quiet."""
    for step in _all(steps):
        if step.type == "fail":
            yield f"style {_id(step.name)} {_BAD}"
        if isinstance(step, ActingState) and step.undo is not None:
            yield f"style undo_{step.name} {_QUIET}"


def _all(steps: tuple[WorkflowState, ...]) -> Iterator[WorkflowState]:
    for step in steps:
        yield step
        for inner in step.scopes().values():
            yield from _all(inner)


def _id(name: str) -> str:
    """No step can bear a word of Mermaid's, such as ``end``."""
    return f"step_{name}"
