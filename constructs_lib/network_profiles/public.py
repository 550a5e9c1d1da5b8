"""The public profile: functions reach the internet and AWS without a VPC."""

from __future__ import annotations

from typing import Literal

from constructs_lib.model.kinds import Contribution, NetworkProfile, PlanContext


class Public(NetworkProfile):
    """No VPC: nothing to pay while idle, and no private resource in reach."""

    type: Literal["public"] = "public"

    def contribute(self, _context: PlanContext) -> Contribution:
        """Return nothing: a function without a VPC needs no network."""
        return Contribution()
