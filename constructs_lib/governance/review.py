"""All rules over all pipelines and templates of an app, once: what is left to answer for, and what was approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from constructs_lib.governance.approvals import Lifted, apply_approvals
from constructs_lib.governance.rule import Finding, Part, Place, PlanRule, Rule, Subject, TemplateRule
from constructs_lib.governance.template import Directory, Template, canonical
from constructs_lib.model.discovery import discover

Named = tuple[str, str]


@dataclass(frozen=True)
class Review:
    """The findings that stand, and those that approvals lifted; both in a fixed order."""

    findings: tuple[Finding, ...]
    lifted: tuple[Lifted, ...] = ()

    @property
    def blocked(self) -> bool:
        """True where the app must not be deployed."""
        return any(finding.decision.blocks for finding in self.findings)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return one of every rule in ``governance/rules``, in the order of the modules' names."""
    return tuple(rule() for rule in discover("constructs_lib.governance.rules", Rule))


def review(
    subjects: Iterable[Subject],
    templates: Sequence[Template] = (),
    *,
    today: date,
    rules: Sequence[Rule] | None = None,
) -> Review:
    """Judge the pipelines and templates of one app.

    Args:
        subjects: the pipelines; without templates only their plans are judged, which needs no CDK.
        templates: everything that would be deployed.
        today: the day that approvals are judged by.
        rules: every rule of the library when absent.
    """
    chosen = all_rules() if rules is None else rules
    known = list(subjects)
    directory = templates[0].directory if templates else Directory()
    planned = list(_of_plans(chosen, known, directory))
    deployed = [finding for template in templates for finding in _of_template(chosen, template)]
    findings = _merged(planned, deployed, _owned(known))
    lifted: list[Lifted] = []
    for subject in known:
        outcome = apply_approvals(subject, findings, today)
        findings = list(outcome.left)
        lifted.extend(outcome.lifted)
    return Review(
        tuple(sorted(findings, key=lambda finding: finding.order)),
        tuple(sorted(lifted, key=lambda item: item.finding.order)),
    )


def _of_plans(rules: Iterable[Rule], subjects: Sequence[Subject], directory: Directory) -> Iterable[Finding]:
    for rule in rules:
        if not isinstance(rule, PlanRule):
            continue
        for subject, finding in rule.check_all(subjects):
            place = finding.place
            resource = directory.find(place.type, canonical(place.name))
            yield replace(finding, place=place.at(resource) if resource else replace(place, path=subject.path))


def _of_template(rules: Iterable[Rule], template: Template) -> Iterable[Finding]:
    for rule in rules:
        if isinstance(rule, TemplateRule):
            yield from rule.check_template(template)


def _merged(planned: list[Finding], deployed: list[Finding], owned: Mapping[Named, Place]) -> list[Finding]:
    """Return each fault once: one that plan and template both show keeps the plan's id and the template's place."""
    found = {_key(finding): finding for finding in planned}
    alone = []
    for finding in deployed:
        place = finding.place
        known = owned.get((place.type, place.name), place)
        exact = replace(known, template=place.template, logical_id=place.logical_id, path=place.path)
        if twin := found.get(_key(finding)):
            found[_key(finding)] = replace(twin, place=exact)
        else:
            alone.append(replace(finding, place=exact))
    return [*found.values(), *alone]


def _key(finding: Finding) -> tuple[str, ...]:
    place = finding.place
    named = (place.type, canonical(place.name)) if place.name else (place.pipeline, place.resource)
    return (finding.rule, finding.detail, *named)


def _owned(subjects: Iterable[Subject]) -> dict[Named, Place]:
    """Return the places of everything that a plan gives a physical name; existing queues belong to others."""
    owned: dict[Named, Place] = {}
    for subject in subjects:
        plan = subject.plan
        queues = (queue for queue in plan.queues if not queue.existing)
        parts: tuple[Part, ...] = (*plan.functions, *queues, *plan.alarms)
        places = (Place.planned(plan, part) for part in parts)
        owned |= {(place.type, canonical(place.name)): place for place in places}
    return owned
