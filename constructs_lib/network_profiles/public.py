"""The public profile: functions reach the internet and AWS without a VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from constructs_lib.model.contribution import Contribution
from constructs_lib.model.network_profile import NetworkProfile

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext


class Public(NetworkProfile):
    """No VPC: nothing to pay while idle, and no private resource in reach."""

    type: Literal["public"] = "public"

    def contribute(self, _context: PlanContext) -> Contribution:
        """Return nothing: a function without a VPC needs no network."""
        return Contribution()
