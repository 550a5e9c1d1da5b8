"""Secrets are names in a declaration and values only at run time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from constructs_lib.governance.rule import Finding, Place, PlanRule, Subject, TemplateRule
from constructs_lib.governance.secret import suspicion
from constructs_lib.governance.template import FUNCTION, Template, text
from functions.contract.environment import Variable

OWN = frozenset(Variable)
"""Variables of the runtime: they hold names and hashes, so only the shape of a key is looked for in them."""


class NoSecretInEnvironment(PlanRule, TemplateRule):
    """Whoever may read a function's configuration, a template or a repository reads the secret with it."""

    slug = "no-secret-in-environment"
    requirement = "No environment variable, tag or override holds a secret; secrets are read at run time by name."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at the variables of the plan's functions and at the declaration's tags and overrides."""
        plan = subject.plan
        for function in plan.functions:
            values = {variable.name: variable.value for variable in function.environment}
            yield from self._variables(Place.planned(plan, function), values)
        tags = ((f"tags.{name}", name, value) for name, value in subject.declaration.tags.items())
        overrides = (
            (f"overrides[{index}]", override.property.rsplit(".", 1)[-1], text(override.value))
            for index, override in enumerate(subject.declaration.overrides)
        )
        for field, name, value in chain(tags, overrides):
            if reason := suspicion(name, value):
                yield self._fault(Place.planned(plan, field), field, reason)

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at the variables of the template's functions."""
        for function in template.of_type(FUNCTION):
            variables = function.get("Environment", "Variables") or {}
            yield from self._variables(Place.of(function), {name: text(value) for name, value in variables.items()})

    def _variables(self, place: Place, values: Mapping[str, str]) -> Iterable[Finding]:
        for name, value in values.items():
            if reason := suspicion(name, value, shapes_only=name in OWN):
                yield self._fault(place, name, reason)

    def _fault(self, place: Place, name: str, reason: str) -> Finding:
        return self.finding(
            place,
            found=f"{name} {reason}",
            allowed="plain settings, and names of secrets",
            fix="store the value in Secrets Manager, list its name in runner.secrets and read it at run time",
            detail=name,
            at=name,
        )
