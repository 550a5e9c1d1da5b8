"""The one validation plug-in that brings the rules into every synthesis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)
from constructs import IConstruct

from constructs_lib.governance.assembly import read_templates
from constructs_lib.governance.report import FILE, as_json
from constructs_lib.governance.review import all_rules, review
from constructs_lib.governance.rule import NAMESPACE, Decision, Finding, Rule, Subject

VERSION: Final = "1.0.0"
Clock = Callable[[], date]
Subjects = Callable[[IConstruct], Iterable[Subject]]


@jsii.implements(IPolicyValidationPlugin)
class GovernancePlugin:
    """Judges the templates and the pipelines of an app when it is synthesised; what blocks stops the synthesis."""

    def __init__(self, subjects: Subjects, clock: Clock, rules: Sequence[Rule] | None = None) -> None:
        """Keep how the pipelines of an app are found, and what day it is."""
        self._subjects = subjects
        self._clock = clock
        self._rules = all_rules() if rules is None else tuple(rules)

    @property
    def name(self) -> str:
        """The name that reports show and that acknowledgements begin with."""
        return NAMESPACE

    @property
    def version(self) -> str:
        """The version of the set of rules."""
        return VERSION

    @property
    def rule_ids(self) -> list[str]:
        """The ids of the rules."""
        return [rule.id() for rule in self._rules]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Judge the app, write the report beside its templates and return it to CDK."""
        files = [Path(file) for file in context.template_paths]
        found = review(
            self._subjects(context.app_construct), read_templates(files), today=self._clock(), rules=self._rules
        )
        if files:
            _root(files).joinpath(FILE).write_text(as_json(found), encoding="utf-8")
        return PolicyValidationPluginReport(
            success=not found.blocked, plugin_version=VERSION, violations=violations(found.findings)
        )


def violations(findings: Iterable[Finding]) -> list[PolicyViolation]:
    """Return the findings as CDK reports them: those that read alike are one violation of several resources."""
    ordered = sorted(findings, key=_alike)
    return [_violation(list(group)) for _, group in groupby(ordered, key=_alike)]


def _alike(finding: Finding) -> tuple[str, ...]:
    return (finding.id, finding.decision.value, finding.found, finding.allowed, finding.fix)


def _violation(findings: list[Finding]) -> PolicyViolation:
    first = findings[0]
    return PolicyViolation(
        rule_name=first.id,
        description=f"[{first.decision.value}] {first.found}; allowed: {first.allowed}",
        fix=first.fix,
        severity="warning" if first.decision is Decision.WARN else "error",
        rule_metadata={"decision": first.decision.value, "rule-version": str(first.version)},
        violating_resources=[_resource(finding) for finding in findings],
    )


def _resource(finding: Finding) -> PolicyViolatingResource:
    place = finding.place
    locations = [finding.at] if finding.at.startswith("Properties") else []
    if place.logical_id:
        return PolicyViolatingResource(
            resource_logical_id=place.logical_id, template_path=place.template, locations=locations
        )
    return PolicyViolatingResource(construct_path=place.path or place.pipeline, locations=locations)


def _root(files: Sequence[Path]) -> Path:
    """Return the folder of the assembly: nested assemblies of stages lie below it."""
    return min((file.parent for file in files), key=lambda folder: len(folder.parts))
