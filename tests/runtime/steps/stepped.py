"""A step's function on an AWS in memory, called as a state machine calls it."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from functions.contract.workflow import RunFacts, StepFacts, StepSettings
from tests.runtime.fakes import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.runtime import Run

FACTS = RunFacts(
    token="f" * 32, run_id="message-1.1", tenant="acme", correlation_id="corr-1", payload_hash="p" * 64, head="h" * 64
)


class Stepped(World):
    """One step of a workflow; ``errors``, ``checkpoint`` and the like are fields of ``StepSettings``."""

    def __init__(self, handler: Callable[[Any, Run], object], **changes: Any) -> None:
        known = {one.name: changes.pop(one.name) for one in fields(StepSettings) if one.name in changes}
        step = StepSettings(**{"name": "pay", **known})
        super().__init__(handler, mode="step", source="step", queue_url="", dlq_url="", step=step, **changes)

    def take(self, given: Any = None, *, run: RunFacts = FACTS, more: dict[str, Any] | None = None, **step: Any) -> Any:
        """Call the function once, as one try of the step."""
        return self.ask(
            {
                "run": asdict(run),
                "step": asdict(StepFacts("pay", **step)),
                "record": {"body": {"order_id": "o-1"}, "path": {"shop": "s"}},
                "input": given,
                **(more or {}),
            }
        )


def outcome(world: Stepped, given: Any = None, **step: Any) -> str:
    """Return the name under which a try was raised, or ``good``."""
    try:
        world.take(given, **step)
    except Exception as error:
        return type(error).__name__
    return "good"
