"""More than a size gives is used with consent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from constructs_lib.governance.rule import Decision, Finding, Place, PlanRule, Subject

if TYPE_CHECKING:
    from constructs_lib.model.intake import MappingPlan
    from constructs_lib.model.plan import PipelinePlan


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
        cap = max((m.max_concurrency for m in plan.mappings if _is_sized(m, plan)), default=0)
        place = Place.planned(plan, runner)
        if size.needs_approval:
            yield self._fault(place, f"size {plan.runner_size}", "a size that needs no approval", "runner.size")
        if subject.declaration.runner is not None and runner.timeout > seconds:
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

        yield from self._workers(subject)

    def _workers(self, subject: Subject) -> Iterable[Finding]:
        """Compare each worker with the size that it names."""
        fan_out = subject.declaration.fan_out
        for worker in fan_out.workers if fan_out else ():
            size = subject.catalog.sizes[worker.size]
            place = Place.planned(subject.plan, subject.plan.function(worker.function_id()))
            at = f"fan_out.workers.{worker.name}"
            if size.needs_approval:
                yield self._fault(place, f"size {worker.size}", "a size that needs no approval", f"{at}.size")
            if worker.timeout is not None and worker.timeout > size.timeout:
                found, allowed = (int(one.total_seconds()) for one in (worker.timeout, size.timeout))
                yield self._fault(place, f"timeout {found} s", f"{allowed} s, as {worker.size} gives", f"{at}.timeout")
            if worker.max_concurrency > size.max_concurrency:
                allowed_cap = f"{size.max_concurrency}, as {worker.size} gives"
                yield self._fault(
                    place, f"max_concurrency {worker.max_concurrency}", allowed_cap, f"{at}.max_concurrency"
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


def _is_sized(mapping: MappingPlan, plan: PipelinePlan) -> bool:
    """Return whether a mapping's cap is judged by the runner's size; workers have sizes of their own."""
    worker = plan.fan_out.worker_of(mapping.queue) if plan.fan_out else None
    return not mapping.controls and worker is None
