"""Pipelines that share a dependency stay within its budget together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from constructs_lib.governance.rule import Finding, Place, PlanRule, Subject


class DependencyOversubscribed(PlanRule):
    """Each pipeline within its own cap, all of them together still drown a database that none of them owns."""

    slug = "dependency-oversubscribed"
    requirement = "The caps of all pipelines that name a dependency add up to its budget in the catalogue at most."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at one pipeline as if it were alone."""
        return (finding for _, finding in self.check_all([subject]))

    def check_all(self, subjects: Sequence[Subject]) -> Iterable[tuple[Subject, Finding]]:
        """Add up the caps for each dependency of each platform; every pipeline that adds to too much is told."""
        sharing: dict[tuple[str, str, str], list[Subject]] = {}
        for subject in subjects:
            if pressure := subject.plan.back_pressure:
                platform = subject.plan.platform
                sharing.setdefault((platform.platform, platform.stage, pressure.dependency), []).append(subject)
        for (_, _, dependency), users in sharing.items():
            budget = min(user.plan.back_pressure.budget for user in users if user.plan.back_pressure)
            total = sum(user.plan.in_work for user in users)
            if total > budget:
                yield from ((user, self._fault(user, users, dependency, budget)) for user in users)

    def _fault(self, subject: Subject, users: Sequence[Subject], dependency: str, budget: int) -> Finding:
        plan = subject.plan
        caps = " + ".join(f"{user.plan.pipeline} {user.plan.in_work}" for user in users)
        total = sum(user.plan.in_work for user in users)
        return self.finding(
            Place.planned(plan, plan.function(plan.runner)),
            found=f"{caps} = {total} records in work against {dependency} at once",
            allowed=f"{budget}, its budget in the catalogue {subject.catalog.version}",
            fix="lower runner.max_concurrency of one of them, or have the platform's owner raise the budget",
            detail=dependency,
            at="runner.max_concurrency",
        )
