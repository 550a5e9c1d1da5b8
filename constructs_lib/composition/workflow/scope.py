"""One list of steps as a state machine: the workflow's own, a branch's, or that of an item."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.composition.workflow.variables import state_name
from constructs_lib.composition.workflow.visits import looped
from constructs_lib.model.asl import State, jsonata
from constructs_lib.model.workflow_state import ActingState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from constructs_lib.composition.workflow.machine import Machine
    from constructs_lib.model.asl import Place
    from constructs_lib.model.workflow_state import WorkflowState

Kind = Literal["run", "child", "branch"]


@dataclass
class Scope:
    """Steps that share variables.

    ``run`` is the workflow's own list, ``child`` that of an item with an execution of its own; a ``branch`` of a
    parallel or of an inline map sees the variables around it and may set none of them.
    """

    machine: Machine
    kind: Kind
    steps: Sequence[WorkflowState]
    places: Callable[[Scope, WorkflowState], Place]
    """How a step of the list is placed in it."""
    prefix: str
    """How the names of its own states begin."""
    owner: str = ""
    """The parallel or the map around a branch."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Variables of the declaration that are expressions here."""
    items: tuple[str, ...] = ()
    """Expressions of the numbers of the items, from the outermost map inwards."""
    visit: str = ""
    """Expression of the visit of the steps around; empty where they are visited once."""
    wrapped: bool = False
    """Whether a branch tells its warnings and what was done beside its result."""
    guarded: bool = False
    """Whether a branch ends well even where it fails, so that what was done can be undone."""
    states: dict[str, State] = field(default_factory=dict)
    looped: frozenset[str] = field(init=False)
    """Names of the steps that a run can come to again."""

    def __post_init__(self) -> None:
        """Find the loops."""
        self.looped = looped(self.steps)

    def own(self, word: str) -> str:
        """Return the name of a state of the scope itself."""
        return state_name(self.prefix, word)

    def variable(self, word: str) -> str:
        """Return the name of a variable of its own, which no other scope around it has: ``Done``."""
        return f"{word}_{self.owner}" if self.kind == "branch" else word

    def following(self, step: WorkflowState) -> str | None:
        """Return the step that comes after another one; None where the list ends."""
        if step.next:
            return step.next
        position = [one.name for one in self.steps].index(step.name)
        if not step.falls_through() or position + 1 == len(self.steps):
            return None
        return self.steps[position + 1].name

    def onward(self, step: WorkflowState, result: Any) -> State:
        """Return where a step goes when it is done; only the last one's result goes along, the rest are variables."""
        following = self.following(step)
        if following is not None:
            return {"Next": following, "Output": {}}
        return self.ending(result)

    def ending(self, result: Any) -> State:
        """Return how the scope ends well."""
        shown = jsonata("null") if result is None else result
        if self.kind == "branch" and not self.wrapped:
            return {"End": True, "Output": shown}
        return {"Next": self.own("end"), "Output": shown}

    def caught(self) -> frozenset[str]:
        """Return the names of the steps that a failure may lead to."""
        by_name = {step.name: step for step in self.steps}
        found: set[str] = set()
        ahead = [target for step in self.steps if isinstance(step, ActingState) for _, target in _catches(step)]
        while ahead:
            name = ahead.pop()
            if name in found or name not in by_name:
                continue
            found.add(name)
            step = by_name[name]
            ahead += [target for _, target in step.jumps()]
            ahead += [following] if (following := self.following(step)) else []
        return frozenset(found)

    def names_at(self, step: WorkflowState) -> dict[str, str]:
        """Return the variables of the declaration that are expressions where a step stands."""
        names = dict(self.names)
        if self.kind == "branch" and step.name in self.caught():
            names["error"] = "$" + self.variable("Error")
        if self.wrapped:
            outer = names.get("warnings", "$warnings")
            names["warnings"] = f"$append({outer}, ${self.variable('Warnings')})"
        return names

    @property
    def warnings(self) -> str:
        """The variable that warnings are added to."""
        return self.variable("Warnings") if self.kind == "branch" else "warnings"

    @property
    def error(self) -> str:
        """The variable that holds the latest error."""
        return self.variable("Error") if self.kind == "branch" else "error"

    def numbers(self) -> list[str]:
        """Return the numbers of the items as a value of a template."""
        return [jsonata(item) for item in self.items]

    def path(self, step: str, visit: str) -> str:
        """Return the expression of a step's path: ``resize[3]@1``."""
        later = [f"({visit} > 0 ? '@' & $string({visit}) : '')"] if visit else []
        return " & ".join([f"'{step}'", *(f"'[' & $string({item}) & ']'" for item in self.items), *later])

    def attempt(self, step: str, visit: str) -> str:
        """Return the expression of what tells one outcome of a step from all others of its run."""
        return f"$states.context.Execution.Name & '/' & {self.path(step, visit)}"


def _catches(step: ActingState) -> Iterator[tuple[str, str]]:
    return ((f"catch[{i}]", catch.next) for i, catch in enumerate(step.catch))


def undoes(steps: Sequence[WorkflowState]) -> Iterator[ActingState]:
    """Yield every step with an undo that runs in the same execution."""
    for step in steps:
        if isinstance(step, ActingState) and step.undo is not None:
            yield step
        if not distributed(step):
            for inside in step.scopes().values():
                yield from undoes(inside)


def warns(steps: Sequence[WorkflowState]) -> bool:
    """Return whether a step that runs in the same execution may fail with a warning alone."""
    return any(
        (isinstance(step, ActingState) and not step.critical)
        or (not distributed(step) and any(warns(inside) for inside in step.scopes().values()))
        for step in steps
    )


def distributed(step: WorkflowState) -> bool:
    """Return whether the steps inside a step run in executions of their own."""
    return getattr(step, "mode", None) == "distributed"
