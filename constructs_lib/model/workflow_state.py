"""What every kind of step in a workflow promises to the layers above."""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, JsonValue

from constructs_lib.model.base import Frozen
from constructs_lib.model.handler_path import HandlerPath, VariableName, function_of
from constructs_lib.model.reserved import parse_step_name
from constructs_lib.model.secret_name import SecretName
from constructs_lib.model.units import Amount, Duration, Name, Switch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.model.asl import Place

StepName = Annotated[str, BeforeValidator(parse_step_name), Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""Lower case letters, digits and underscores; unique in the whole workflow: ``$<name>`` is the step's result."""
ErrorPattern = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$", max_length=100)]
"""Name of an exception that a handler raises, of one of its base classes, or of a service: ``States.Timeout``."""
Expression = Annotated[str, Field(pattern=r"^\{%[\s\S]+%\}$", max_length=8192)]
"""JSONata between ``{%`` and ``%}``."""
Template = JsonValue
"""Any JSON in which texts between ``{%`` and ``%}`` are JSONata."""


class StepRetry(Frozen):
    """How often a failed step is tried again, and how long it waits before that."""

    max_attempts: Annotated[int, Field(strict=True, ge=1, le=100)] = 3
    """Attempts in all, the first included."""
    interval: Duration = timedelta(seconds=2)
    """Longest delay before the second attempt; from 1s."""
    backoff_rate: Annotated[Amount, Field(ge=1, le=100)] = 2.0
    """Factor by which the delay grows with each attempt."""
    max_delay: Duration = timedelta(minutes=5)
    """Longest delay of all."""
    jitter: Literal["full", "none"] = "full"
    """``full`` draws each delay between zero and its longest, so that retries do not come in waves."""
    errors: Annotated[tuple[ErrorPattern, ...], Field(min_length=1)] = ("States.ALL",)
    """Names of the errors that are tried again; ``States.ALL`` is every one but ``Permanent`` and its like."""


class Catch(Frozen):
    """Where the workflow goes on when a step has failed; the error is ``$error`` there."""

    errors: Annotated[tuple[ErrorPattern, ...], Field(min_length=1)]
    """Names of the errors; ``States.ALL`` is every one."""
    next: StepName
    """The step that goes on, with ``$error.step``, ``$error.error`` and ``$error.cause``."""


class StepCode(Frozen):
    """A function of the user's with a role of its own: what it is given, and what it may reach."""

    handler: HandlerPath
    """The function as ``package.module:function``, found below the workflow's ``code``."""
    input: Template = "{% $record.body %}"
    """What the handler is given as its first argument."""
    timeout: Duration | None = None
    """Longest run of one attempt; the size's own when absent, 15m at most."""
    size: Name = "small"
    """Size of the catalogue."""
    environment: dict[VariableName, str] = Field(default_factory=dict)
    """Plain settings of the handler."""
    outputs: tuple[str, ...] = ()
    """Names of the pipeline's outputs that the step may write to."""
    stores: tuple[str, ...] = ()
    """Names of the pipeline's stores that the step may use; ``source`` where the source brings one."""
    secrets: tuple[SecretName, ...] = ()
    """Names of the secrets that the step may read."""

    def function_id(self) -> str:
        """Return the name of the handler's function."""
        return function_of(self.handler)


class Undo(StepCode):
    """What takes back a step that had succeeded, when a later one fails; it is given the step's result."""

    input: Template = None
    """What the handler is given; the result of the step that is undone when absent."""
    retry: StepRetry = StepRetry(max_attempts=6)
    """How often it is tried again; undoing that fails is told and does not stop the rest from being undone."""


class WorkflowState(Frozen):
    """One step of a workflow; it goes on with the next one of its list unless it says otherwise."""

    type: str
    name: StepName
    """Name of the step; ``$<name>`` is its result in the expressions of later steps."""
    next: StepName | None = None
    """The step of the same list that follows; the one below when absent."""
    end: Switch = False
    """Whether the list of steps ends here."""

    def falls_through(self) -> bool:
        """Return whether the step goes on at all: to ``next``, or to the one below."""
        return not self.end

    def jumps(self) -> Iterator[tuple[str, str]]:
        """Yield every other step that this one may go to, by the place of the field that says so."""
        return iter(())

    def scopes(self) -> Mapping[str, tuple[WorkflowState, ...]]:
        """Return the lists of steps inside this one, by their place: ``branches.payment``, ``steps``."""
        return {}

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield everything that may hold expressions, by its place."""
        return iter(())

    def parts(self) -> int:
        """Return how many results stand in its own at once: those of its branches or items."""
        return 1

    def code(self) -> Mapping[str, StepCode]:
        """Return the user's functions that it needs, by their place; the step's own stands at the empty place."""
        return {}

    def has_result(self) -> bool:
        """Return whether ``$<name>`` exists once it is done."""
        return False

    @abstractmethod
    def compile(self, place: Place) -> None:
        """Write the step, its own state first, in Amazon States Language with JSONata."""


class ActingState(WorkflowState):
    """A step that can fail: it is tried again, caught, passed over, or taken back."""

    retry: StepRetry = StepRetry()
    """How often it is tried again."""
    catch: tuple[Catch, ...] = ()
    """Where the workflow goes on after a failure that no retry cured; the first that names the error counts."""
    critical: Switch = True
    """``false`` lets the workflow go on after a failure, with a warning and ``null`` as the result."""
    undo: Undo | None = None
    """What takes the step back when a later one fails; what has succeeded is undone in reverse order."""

    def jumps(self) -> Iterator[tuple[str, str]]:
        """Yield where failures go."""
        for i, catch in enumerate(self.catch):
            yield f"catch[{i}].next", catch.next

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield what the undoing function is given."""
        if self.undo is not None:
            yield "undo.input", self.undo.input

    def code(self) -> Mapping[str, StepCode]:
        """Return the undoing function."""
        return {"undo": self.undo} if self.undo else {}

    def has_result(self) -> bool:
        """A step that acts has one."""
        return True


if TYPE_CHECKING:
    Nested = WorkflowState
    """Any kind of step; the package of the kinds fills it in once it has found them all."""
