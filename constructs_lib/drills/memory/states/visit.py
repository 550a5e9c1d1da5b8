"""One visit of a state: its input, what its expressions see, and what it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.expressions import evaluate
from constructs_lib.drills.memory.states.functions import functions_of, timestamp
from constructs_lib.drills.memory.states.retries import Retries
from constructs_lib.drills.memory.states.scope import Scope, within_limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.drills.memory.states.execution import Execution
    from constructs_lib.drills.memory.states.host import Host

    Outcome = tuple[Any, str | None]
    """The output of a state, and the name of the one that follows; None where the chain ends."""


@dataclass(frozen=True)
class Frame:
    """A chain of states under way: a workflow, a branch or an item."""

    world: Host
    execution: Execution
    scope: Scope = field(default_factory=Scope)
    context: Mapping[str, Any] = field(default_factory=dict)
    """What the context object has beside the execution and the state: the item of a map."""

    def inner(self, **context: Any) -> Frame:
        """Return the frame of a branch or of an item."""
        return Frame(self.world, self.execution, Scope(self.scope), {**self.context, **context})


class Visit:
    """One visit of one state, with all its attempts."""

    def __init__(self, frame: Frame, name: str, state: Mapping[str, Any], value: Any) -> None:
        """``value`` is the state's input."""
        self.frame = frame
        self.name = name
        self.state = state
        self.input = value
        self.world = frame.world
        self.token = ""
        self.attempt = 0
        self.retries = Retries(state.get("Retry", ()), frame.world.random)
        self._entered = timestamp(frame.world.now)
        self._functions = functions_of(lambda: self.world.now, self.world.random)

    def evaluate(self, template: Any, context: Mapping[str, Any] | None = None, **told: Any) -> Any:
        """Return a template's value; ``told`` is what ``$states`` has beside input and context."""
        states = {"input": self.input, "context": self._context(context or {}), **told}
        return evaluate(template, {**self.frame.scope.visible(), "states": states}, self._functions)

    def field(self, name: str, default: Any = None) -> Any:
        """Return the value of a field that may be an expression."""
        return self.evaluate(self.state[name]) if name in self.state else default

    def arguments(self) -> Any:
        """Return what the state hands over: its arguments, else its input."""
        return within_limit(self.field("Arguments", self.input), "Arguments")

    def done(self, result: Any) -> Outcome:
        """Return output and successor after a result, once variables are assigned."""
        output = self.settle(self.state, result, result=result)
        return output, self.state.get("Next")

    def passed(self) -> Outcome:
        """Likewise of a state that has no result of its own."""
        return self.settle(self.state, self.input), self.state.get("Next")

    def settle(self, said: Mapping[str, Any], default: Any, **told: Any) -> Any:
        """Return the output and assign the variables that a state, a choice or a catcher says.

        Both see the variables as they were.
        """
        within_limit(default, "result")
        output = self.evaluate(said["Output"], **told) if "Output" in said else default
        assigned = self.evaluate(said.get("Assign", {}), **told)
        within_limit(output, "output")
        self.frame.scope.assign(assigned)
        return output

    def note(self, kind: str, detail: Any = None) -> None:
        """Record what happens."""
        self.world.note(self.frame.execution, kind, self.name, detail)

    def _context(self, more: Mapping[str, Any]) -> dict[str, Any]:
        state = {"Name": self.name, "EnteredTime": self._entered, "RetryCount": self.attempt}
        task = {"Task": {"Token": self.token}} if self.token else {}
        return {**self.frame.execution.context(), "State": state, **task, **self.frame.context, **more}
