"""What a rule is: a slug, a version, a decision, and findings that say where, what, what is allowed and the way out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final

from constructs_lib.governance.template import ALARM, FUNCTION, QUEUE, Resource, Template
from constructs_lib.model.base import Frozen
from constructs_lib.model.functions import FunctionPlan
from constructs_lib.model.intake import QueuePlan
from constructs_lib.model.plan import AlarmPlan, PipelinePlan

if TYPE_CHECKING:
    from constructs_lib.catalog import Catalog
    from constructs_lib.declaration.pipeline import PipelineDeclaration

NAMESPACE: Final = "Pipeline"
"""First part of every finding's id; CDK takes it from the name of the plug-in."""


Part = FunctionPlan | QueuePlan | AlarmPlan
"""What of a plan becomes a resource with a name of its own."""


class Decision(StrEnum):
    """What follows from a finding."""

    ALLOW = "allow"
    WARN = "warn"
    REQUIRE_APPROVAL = "require_approval"
    DENY = "deny"

    @property
    def blocks(self) -> bool:
        """True where the app must not be synthesised."""
        return self in (Decision.DENY, Decision.REQUIRE_APPROVAL)


@dataclass(frozen=True)
class Subject:
    """One pipeline as plan rules see it."""

    declaration: PipelineDeclaration
    plan: PipelinePlan
    catalog: Catalog
    path: str = ""
    """Path of the pipeline's construct, empty before there is one."""


@dataclass(frozen=True)
class Place:
    """Where a finding is: a part of a plan, a resource of a template, or the same thing known as both."""

    resource: str
    """Id in the plan, or logical id where the plan does not know the resource."""
    type: str = ""
    name: str = ""
    pipeline: str = ""
    template: str = ""
    logical_id: str = ""
    path: str = ""

    @classmethod
    def of(cls, resource: Resource) -> Place:
        """Return the place of a resource of a template."""
        return cls(
            resource=resource.logical_id,
            type=resource.type,
            name=resource.name,
            template=resource.template,
            logical_id=resource.logical_id,
            path=resource.path,
        )

    @classmethod
    def planned(cls, plan: PipelinePlan, part: Part | str) -> Place:
        """Return the place of a part of a plan, given as such or by its id; another text is a field."""
        known = _part(plan, part) if isinstance(part, str) else part
        if known is None:
            return cls(resource=str(part), pipeline=plan.pipeline)
        kind = {FunctionPlan: FUNCTION, QueuePlan: QUEUE, AlarmPlan: ALARM}[type(known)]
        return cls(resource=known.id, type=kind, name=known.name, pipeline=plan.pipeline)

    def at(self, resource: Resource) -> Place:
        """Return the same place with where it stands in a template."""
        return replace(self, template=resource.template, logical_id=resource.logical_id, path=resource.path)


def _part(plan: PipelinePlan, part_id: str) -> Part | None:
    parts: tuple[Part, ...] = (*plan.functions, *plan.queues, *plan.alarms)
    return next((part for part in parts if part.id == part_id), None)


@dataclass(frozen=True)
class Finding:
    """One thing a rule found. ``detail`` tells findings of one rule on one resource apart."""

    rule: str
    version: int
    decision: Decision
    place: Place
    found: str
    allowed: str
    fix: str
    detail: str = ""
    at: str = ""
    """The property of the resource, or the field of the declaration."""

    @property
    def id(self) -> str:
        """The id that an acknowledgement names: ``Pipeline::rule-slug[detail]``, without spaces."""
        own = f"{self.rule}[{self.detail}]" if self.detail else self.rule
        return own.replace(" ", "-")

    @property
    def order(self) -> tuple[str, ...]:
        """What findings are sorted by, so that two runs report alike."""
        place = self.place
        return (place.pipeline, place.template, place.resource, self.rule, self.detail, self.at, self.found)


class Rule(Frozen):
    """A check with a name; the docstring of each says why it matters."""

    slug: ClassVar[str]
    version: ClassVar[int] = 1
    decision: ClassVar[Decision] = Decision.DENY
    requirement: ClassVar[str]
    """What holds when all is well, in one sentence."""

    @classmethod
    def id(cls) -> str:
        """Return the id that reports, approvals and acknowledgements use."""
        return f"{NAMESPACE}::{cls.slug}"

    def finding(
        self,
        place: Place,
        *,
        found: str,
        allowed: str,
        fix: str,
        detail: str = "",
        at: str = "",
        decision: Decision | None = None,
    ) -> Finding:
        """Return a finding of this rule; ``at`` is the property or the field that is at fault."""
        return Finding(
            rule=self.id(),
            version=self.version,
            decision=self.decision if decision is None else decision,
            place=place,
            found=found,
            allowed=allowed,
            fix=fix,
            detail=detail,
            at=at,
        )


class PlanRule(Rule):
    """A rule over a declaration and its plan; it needs no CDK and no Node."""

    @abstractmethod
    def check(self, subject: Subject) -> Iterable[Finding]:
        """Return what is wrong with one pipeline."""

    def check_all(self, subjects: Sequence[Subject]) -> Iterable[tuple[Subject, Finding]]:
        """Return what is wrong with the pipelines of an app, each finding with the pipeline that it is of."""
        return ((subject, finding) for subject in subjects for finding in self.check(subject))


class TemplateRule(Rule):
    """A rule over the templates that will be deployed, whatever wrote them."""

    @abstractmethod
    def check_template(self, template: Template) -> Iterable[Finding]:
        """Return what is wrong with one template."""
