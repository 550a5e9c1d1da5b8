"""What a kind of step may ask of the compiler while it writes itself in Amazon States Language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

State = dict[str, Any]
"""One state, or a part of one, as JSON."""
SERVICE = "arn:aws:states:::"
"""How the ARNs of service integrations begin; a template has its own partition in the place of ``aws``."""
PAYLOAD = "$states.result.Payload"
"""What a function has returned, of ``lambda:invoke``."""
RESULT = "$states.result"
"""What a task with a task token was given back, and what branches and items have come to."""


def jsonata(expression: str) -> str:
    """Return an expression as the language marks it."""
    return f"{{% {expression} %}}"


def inner(expression: str) -> str:
    """Return an expression without its marks."""
    return expression[2:-2].strip()


def seconds(duration: timedelta) -> int:
    """Return a duration as states take it: whole seconds, one at least."""
    return max(1, int(duration.total_seconds()))


class Place(Protocol):
    """Where in a state machine one step writes itself; the step's own state comes first and has its name."""

    def value(self, template: Any) -> Any:
        """Return a template in the variables of the place."""

    def add(self, word: str, state: State) -> None:
        """Add a state of the step: its own where the word is empty."""

    def named(self, word: str) -> str:
        """Return the name of a state of the step."""

    def onward(self, result: Any = None) -> State:
        """Return where a state goes when the step is done, and what it hands on as the step's result."""

    def done(self, result: Any) -> State:
        """Return the same for a step that has acted, and whose result is ``$<name>`` from here on."""

    @property
    def careful(self) -> bool:
        """Whether an expression that fails must not end the execution: something would not be undone, or told."""

    def computed(self, state: State, *templates: Any) -> State:
        """Return a ``Pass``, and where that counts one whose failure is caught if a template has an expression."""

    def call(self, part: str, value: Any, *, callback: bool = False) -> State:
        """Return the call of one of the step's functions: ``part`` is empty for its own."""

    def ask(self, message: Any, timeout: timedelta) -> State:
        """Return the call of the platform's function that asks a person."""

    def sent(self, output: str, value: Any) -> tuple[State, str]:
        """Return the call that sends a value to an output, and the expression of the id that it was given."""

    def told_below(self, pipeline: str, value: Any, following: str) -> State:
        """Return the call that tells of the run of another pipeline's workflow before it begins."""

    def started(self, pipeline: str, value: Any) -> State:
        """Return the call that runs the workflow of another pipeline, with ``Retry`` and ``Catch``."""

    def tried(self, *, never: Sequence[str] = (), calls: bool = True) -> State:
        """Return ``Retry`` and ``Catch`` of the step.

        Args:
            never: errors that are not tried again unless the declaration names them.
            calls: whether the state calls a function.
        """

    def failing(self, error: str, cause: str) -> State:
        """Return a state that goes where the step's failure of this name goes."""

    def failed(self, error: Any, cause: Any) -> State:
        """Return a state that ends the list of steps with an error of its own, whatever catches there are."""

    def branches(self) -> tuple[State, ...]:
        """Return the state machines of the step's lists of steps."""

    def joined(self, names: Sequence[str]) -> State:
        """Return how what branches have come to becomes the step's result, and where it goes then."""

    def gathered(self, *, collect: bool) -> State:
        """Return the same for items: their results, or with ``collect`` false their number."""

    def counted(self, most: int, *, collect: bool, written: bool) -> State:
        """Return the same for items that were read, of which more than ``most`` fail the step.

        Args:
            most: how many items there may be.
            collect: whether the result is the list of their results, else their number.
            written: whether the results were written elsewhere, and the result is where.
        """

    def item(self, *, batch: int | None, most: int | None) -> tuple[State, State]:
        """Return the state machine of an item with an execution of its own, and the fields of what it is handed.

        Args:
            batch: how many items one execution is handed together; None for one.
            most: how many items there may be, where the state machine cannot count them before.
        """

    def inline_item(self) -> tuple[State, State]:
        """Return the state machine of an item of the same execution, and the fields of what it is handed."""

    def store(self, name: str) -> tuple[str, str]:
        """Return bucket and key prefix of a store."""
