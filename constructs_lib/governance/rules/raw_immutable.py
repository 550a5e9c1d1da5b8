"""Raw records stay as they were received."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from constructs_lib.governance.rule import Finding, PlanRule, Subject, TemplateRule
from constructs_lib.governance.shared_store import Store, breaches
from constructs_lib.governance.statement import Statement, planned_statements, template_statements
from constructs_lib.governance.template import BUCKET, Template
from functions.contract.environment import Variable

FORBIDDEN: Final = (
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:DeleteBucket",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketVersioning",
    "s3:BypassGovernanceRetention",
)
"""What removes an object, or opens the way to. An overwritten object stays as a version."""


RAW: Final = "Raw Stage"
EVIDENCE: Final = "evidence"


class RawImmutable(PlanRule, TemplateRule):
    """A replay and an audit read the Raw Stage; a record that is gone can be neither replayed nor shown."""

    slug = "raw-immutable"
    requirement = "No role may delete objects of the Raw Stage or of the ledger's archive."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at the grants of the plan's functions on both buckets."""
        platform = subject.plan.platform
        yield from self._all(planned_statements(subject), Store.planned(platform.raw_bucket), RAW)
        yield from self._all(planned_statements(subject), Store.planned(platform.evidence_bucket), EVIDENCE)

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at every role of the template; the buckets are those that the functions' environment names."""
        for variable, called in ((Variable.RAW_BUCKET, RAW), (Variable.EVIDENCE_BUCKET, EVIDENCE)):
            yield from self._all(template_statements(template), Store.of_template(template, variable, BUCKET), called)

    def _all(self, statements: Iterable[Statement], store: Store, called: str) -> Iterable[Finding]:
        for statement, action in breaches(statements, store, FORBIDDEN):
            yield self.finding(
                statement.place,
                found=f"{action} on the {called} bucket",
                allowed="s3:PutObject and reading; a lifecycle rule of the platform ages objects out",
                fix="remove the action; a correction is a replay",
                detail=action,
                at="PolicyDocument",
            )
