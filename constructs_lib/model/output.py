"""What every kind of output promises to the layers above."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import BeforeValidator, Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.reserved import parse_output_name

if TYPE_CHECKING:
    from constructs_lib.model.contribution import Contribution
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site
    from functions.contract.environment import OutputSettings

OutputName = Annotated[str, BeforeValidator(parse_output_name), Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Output(Frozen):
    """Where a run may write. Only declared outputs exist at run time, and a grant for each and nothing else."""

    type: str
    name: OutputName | None = None
    """Name on ``run.outputs``; the type when absent. Two outputs of one type need names."""

    draft_type: ClassVar[str] = "typing.Any"
    """What ``run.outputs`` holds of it, as module and class; ``pipelines types`` writes it into the handler's types."""

    @property
    def called(self) -> str:
        """The name on ``run.outputs``."""
        return self.name or self.type

    @abstractmethod
    def settings(self, context: PlanContext) -> OutputSettings:
        """Return what the runtime needs to write there."""

    def libraries(self) -> tuple[str, ...]:
        """Return the distributions that the runner's requirements must bring for this output."""
        return ()

    @abstractmethod
    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return the grants and costs; ``place`` is the output's path in the declaration."""

    def bind(self, site: Site) -> None:
        """Make the output's own resources; outputs of the platform have none."""

    def files(self) -> dict[str, str]:
        """Return JSON Schemas that the runtime reads, relative to the declaration, by their place in the bundle."""
        return {}

    def slowest_flush(self, _records: int, _workers: int) -> float:
        """Return the seconds that an output of declared slowness needs for so many records of one worker."""
        return 0.0
