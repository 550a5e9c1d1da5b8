"""More than a size gives is used with consent."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Decision, Finding, Place, PlanRule, Subject


class SizeApproval(PlanRule):
    """The largest sizes take memory, time and concurrency that the other pipelines of the account need too."""

    slug = "size-approval"
    decision = Decision.REQUIRE_APPROVAL
    requirement = "A size that needs approval, and a timeout or cap above its size, has one."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Compare the plan's runner with the size that the declaration names."""
        plan = subject.plan
        size = subject.catalog.sizes[plan.runner_size]
        runner = plan.function(plan.runner)
        seconds = int(size.timeout.total_seconds())
        cap = plan.max_concurrency
        place = Place.planned(plan, runner)
        if size.needs_approval:
            yield self._fault(place, f"size {plan.runner_size}", "a size that needs no approval", "runner.size")
        if runner.timeout > seconds:
            yield self._fault(
                place, f"timeout {runner.timeout} s", f"{seconds} s, as {plan.runner_size} gives", "runner.timeout"
            )
        if cap > size.max_concurrency:
            yield self._fault(
                place,
                f"max_concurrency {cap}",
                f"{size.max_concurrency}, as {plan.runner_size} gives",
                "runner.max_concurrency",
            )

    def _fault(self, place: Place, found: str, allowed: str, field: str) -> Finding:
        return self.finding(
            place,
            found=found,
            allowed=allowed,
            fix="stay within a smaller size, split the work, or add an approval of this finding",
            detail=field,
            at=field,
        )
