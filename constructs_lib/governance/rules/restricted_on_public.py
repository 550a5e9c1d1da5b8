"""Restricted data stays on networks without a way to the internet."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Decision, Finding, Place, PlanRule, Subject


class RestrictedOnPublic(PlanRule):
    """Code with a way to the internet can send restricted data there, by mistake or through a bad dependency."""

    slug = "restricted-on-public"
    decision = Decision.REQUIRE_APPROVAL
    requirement = "No function that handles restricted data has the public network profile."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at the network of every function of the plan."""
        if subject.plan.data_class != "restricted":
            return
        for function in subject.plan.functions:
            if function.network == "public":
                yield self.finding(
                    Place.planned(subject.plan, function),
                    found="data class restricted on the network profile public",
                    allowed="a network profile without a way to the internet",
                    fix="choose another network profile, or add an approval of this finding",
                    at="network",
                )
