"""What a step's function is given, in the form in which the runtime passes it on."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

from functions.contract.workflow import RECORD, RUN, STEP, RunFacts, StepFacts, step_token

if TYPE_CHECKING:
    from collections.abc import Mapping

ERROR = "error"
"""In what a step is given, where a catch leads to it: which step failed, under which name, and what it said."""
DELIVERY = "delivery"
"""What tells this call of Lambda from all others: the id of its request."""
FAULT = "fault"
"""Why a large value cannot be used at all."""
Facts = TypeVar("Facts", RunFacts, StepFacts)


@dataclass(frozen=True)
class Given:
    """Whose run it is, which step of it, and what a handler reads beside its input."""

    run: RunFacts
    step: StepFacts
    record: dict[str, Any]
    error: dict[str, Any] | None = None

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Given:
        """Return what a definition has passed.

        Raises:
            TypeError, KeyError: no definition passes this.
        """
        run, step = _facts(RunFacts, event[RUN]), _facts(StepFacts, event[STEP])
        return cls(run, step, dict(event.get(RECORD) or {}), event.get(ERROR))

    @property
    def token(self) -> str:
        """Identity of the step's effect."""
        return self.generation(0)

    def generation(self, number: int) -> str:
        """Return the identity of the effect that follows when the step was taken back so often."""
        return step_token(self.run.token, self.step.name, self.step.items, self.step.visit, number)

    @property
    def message(self) -> str:
        """Execution and step in one word: what all tries of one execution have in common, and no other's."""
        return f"{self.step.execution_name or self.run.token}/{self.step.path}"


def _facts(kind: type[Facts], given: Mapping[str, Any]) -> Facts:
    """Fields that newer definitions add are left out."""
    known = {one.name for one in fields(kind)}
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return kind(**{name: value for name, value in values.items() if name in known})
