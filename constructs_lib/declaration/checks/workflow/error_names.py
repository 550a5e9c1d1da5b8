"""Errors that a workflow tells apart are ones that something raises."""

from __future__ import annotations

import ast
import builtins
from functools import lru_cache
from typing import TYPE_CHECKING

from constructs_lib.declaration.checks.subject import UnreadableFile, read_text
from constructs_lib.declaration.checks.user_code import MAX_BYTES, module_file
from constructs_lib.declaration.field_names import nearest_by
from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.errors import Fault
from constructs_lib.model.workflow_state import ActingState
from constructs_lib.workflow_states.fail import Fail
from functions.contract.workflow import (
    APPROVAL_EXPIRED,
    APPROVAL_REJECTED,
    ITEMS_TOO_MANY,
    NEVER_RETRIED,
    UNDO_FAILED,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject
    from constructs_lib.declaration.placed_steps import PlacedStep

ALL = "States.ALL"
STATES = frozenset(
    {
        *(ALL, "States.TaskFailed", "States.Timeout", "States.HeartbeatTimeout", "States.Permissions"),
        *("States.ExceedToleratedFailureThreshold", "States.ItemReaderFailed", "States.ResultWriterFailed"),
        *("States.DataLimitExceeded", "States.QueryEvaluationError", "States.Runtime", "States.BranchFailed"),
        *("States.NoChoiceMatched", "States.Http.Socket"),
    }
)
"""Errors of Step Functions' own (Step Functions guide, "Handling errors")."""
PLATFORM = frozenset(
    {*NEVER_RETRIED, APPROVAL_EXPIRED, APPROVAL_REJECTED, ITEMS_TOO_MANY, UNDO_FAILED, "Recoverable", "Throttled"}
)
PYTHON = frozenset(
    name
    for name in dir(builtins)
    if isinstance(found := getattr(builtins, name), type) and issubclass(found, Exception)
)
ALIKE = 0.8
"""How much a name must look like a known one to be taken for a slip: modules may raise what no text of theirs names."""


def errors_are_raised(subject: Subject) -> Iterator[Fault]:
    """A name that differs a little from one that is raised is a slip; so is an unknown name of Step Functions' own."""
    known = PLATFORM | PYTHON | _of_modules(subject)
    for step in every_step(subject.declaration.workflow):
        for place, name in _named(step):
            close = _meant(name, known)
            if close:
                found, fix = f"nothing raises {name}", f"did you mean {close}?"
                yield Fault("error-unknown", place, found, "a class that a handler raises, or States.ALL", fix)


def _meant(name: str, known: frozenset[str]) -> str | None:
    if name in STATES or name in known:
        return None
    if "." in name:
        return nearest_by(name, STATES, 0.0 if name.startswith("States.") else ALIKE)
    return nearest_by(name, known, ALIKE)


def _named(step: PlacedStep) -> Iterator[tuple[str, str]]:
    state = step.state
    if not isinstance(state, ActingState):
        return
    lists = [(f"catch[{index}]", catch.errors) for index, catch in enumerate(state.catch)]
    lists += [("retry", state.retry.errors), *([("undo.retry", state.undo.retry.errors)] if state.undo else [])]
    for place, errors in lists:
        yield from ((f"{step.place}.{place}.errors[{index}]", name) for index, name in enumerate(errors))


def _of_modules(subject: Subject) -> frozenset[str]:
    """Return every name in the modules of the handlers, and those that fail steps give."""
    workflow = subject.declaration.workflow
    names: set[str] = set()
    for step in every_step(workflow):
        if isinstance(step.state, Fail):
            names.add(step.state.error)
        for code in step.state.code().values():
            file = module_file(subject.path(workflow.code), code.handler.partition(":")[0]) if workflow else None
            if file is not None:
                names |= _names_in(_text_of(subject, str(file)))
    return frozenset(names)


def _text_of(subject: Subject, file: str) -> str:
    try:
        return read_text(subject.path(file), MAX_BYTES)
    except UnreadableFile:
        return ""


@lru_cache(maxsize=256)
def _names_in(source: str) -> frozenset[str]:
    """Return every name that a module says; nothing for what is no Python, which is told elsewhere."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    named = {node.id for node in nodes if isinstance(node, ast.Name)}
    named |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    named |= {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    named |= {alias.asname or alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    return frozenset(named)
