"""A step and what takes it back, called as the executions of one run call them, each call until it ends."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import Crash
from functions.contract.ledger import Status
from functions.contract.workflow import PLATFORM_BUSY, STEP_IN_FLIGHT, StepFacts
from tests.runtime.steps.stepped import FACTS, Stepped

if TYPE_CHECKING:
    from constructs_lib.drills.world import World
    from functions.runtime import Run

TRIES = 6
ARN = "arn:aws:states:eu-central-1:123456789012:execution:orders:"


class Saga:
    """``pay`` and ``pay_undo``: what happened outside is ``charged`` and ``refunded``, by the run token of the step."""

    def __init__(self, *, function: bool = True, around: dict[str, int] | None = None, **step: Any) -> None:
        """``function`` says whether the step is one of ours; ``around`` are the undos of steps around it."""
        self.charged: list[str] = []
        self.refunded: list[str] = []
        taken_back = {"undo": "pay_undo", "undone_with": around or {}}

        def pay(given: object, run: Run) -> str:
            if run.token not in self.charged:
                self.charged.append(run.token)
            return run.token

        self.step = Stepped(pay, **taken_back, **step)
        self.undoing = self._undoing("pay_undo", undoes="pay", done_by="pay" if function else "", **taken_back)
        self.around = self._undoing("both_undo", undoes="both", undo="both_undo")

    @property
    def standing(self) -> set[str]:
        """What was charged and not given back."""
        return set(self.charged) - set(self.refunded)

    def pay(self, execution: str, **facts: Any) -> Any:
        """Return the result of the step in one execution."""
        return _until_it_ends(self.step, StepFacts("pay", execution=ARN + execution, **facts))

    def undo(self, paid: Any, execution: str, **facts: Any) -> None:
        """Take a result back in one execution."""
        _until_it_ends(self.undoing, StepFacts("pay_undo", execution=ARN + execution, **facts), paid)

    def undo_around(self, execution: str, **facts: Any) -> None:
        """Take the step around back in one execution."""
        _until_it_ends(self.around, StepFacts("both_undo", execution=ARN + execution, **facts))

    def _undoing(self, name: str, **step: Any) -> World:
        def refund(given: Any, run: Run) -> None:
            self.refunded.append(given)

        settings = Stepped(refund, name=name, completion=Status.UNDONE, **step).settings
        return self.step.beside(refund, settings)


def _until_it_ends(world: World, step: StepFacts, given: Any = None) -> Any:
    for attempt in range(TRIES):
        facts = {**asdict(step), "attempt": attempt}
        try:
            return world.ask({"run": asdict(FACTS), "step": facts, "record": {}, "input": given})
        except (Crash, Exception) as error:
            if type(error).__name__ not in ("Crash", PLATFORM_BUSY, STEP_IN_FLIGHT):
                raise
            world.clock.advance(world.timeout)
    raise AssertionError(f"{step.name} has not ended")
