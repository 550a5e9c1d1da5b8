"""What every network profile promises to the layers above."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from constructs_lib.model.base import Frozen

if TYPE_CHECKING:
    from constructs_lib.model.contribution import Contribution
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site


class NetworkProfile(Frozen):
    """Which networks a pipeline's functions can reach."""

    type: str

    @abstractmethod
    def contribute(self, context: PlanContext) -> Contribution:
        """Return what the profile adds to the plan."""

    def bind(self, site: Site) -> None:
        """Make the profile's own resources; the public profile has none."""
