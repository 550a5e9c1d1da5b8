"""A route that anybody may call was decided on by somebody."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Decision, Finding, Place, PlanRule, Subject


class OpenEndpoint(PlanRule):
    """Whoever finds the address can fill the queue, spend the budget and land records that nobody sent."""

    slug = "open-endpoint"
    decision = Decision.REQUIRE_APPROVAL
    requirement = "Every route authenticates its callers, or an approval says why it does not."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at the routes of the plan."""
        for route in subject.plan.routes:
            if route.auth == "none":
                yield self.finding(
                    Place.planned(subject.plan, route.id),
                    found=f"{route.method} {route.path} takes requests from anybody",
                    allowed="auth hmac, iam, jwt or api_key; none with an approval",
                    fix="set source.auth to what the caller can bring, or add an approval of this finding",
                    at="source.auth",
                )
