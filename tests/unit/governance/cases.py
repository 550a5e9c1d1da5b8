"""Pipelines and templates for the tests of rules: what the library makes by itself, and changes to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.pipeline import PipelineDeclaration
from constructs_lib.governance.rule import Finding, PlanRule, Subject, TemplateRule
from constructs_lib.governance.template import Template

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE = Path(__file__).parent / "code"
HANDLER = "handlers.orders:land_order"
DECLARED: dict[str, Any] = {
    "version": 1,
    "pipeline": "shop-orders",
    "owner": "orders-team@example.com",
    "source": {"type": "queue"},
    "runner": {"handler": HANDLER},
    "idempotency": {"key": ["body.order_id"]},
    "outputs": [{"type": "raw"}],
    "directory": CODE,
}


def pipeline(stage: str = "dev", **fields: Any) -> Subject:
    """Return a pipeline as the library plans it, with some fields of the declaration replaced."""
    declaration = PipelineDeclaration.model_validate({**DECLARED, **fields})
    return Subject(declaration, plan_pipeline(declaration, stage=stage), load_catalog())


def replanned(subject: Subject, **changes: Any) -> Subject:
    """Return a pipeline with parts of its plan replaced, as no declaration could."""
    return replace(subject, plan=subject.plan.model_copy(update=changes))


def with_runner(subject: Subject, **changes: Any) -> Subject:
    """Return a pipeline with its runner function changed."""
    plan = subject.plan
    runner = plan.function(plan.runner).model_copy(update=changes)
    others = tuple(function for function in plan.functions if function.id != plan.runner)
    return replanned(subject, functions=(runner, *others))


def template(resources: Mapping[str, Any], name: str = "template.json") -> Template:
    """Return a template of resources."""
    return Template({"Resources": resources}, name)


def resource(kind: str, path: str = "", **properties: Any) -> dict[str, Any]:
    """Return one resource of a template."""
    return {"Type": kind, "Properties": properties, "Metadata": {"aws:cdk:path": path}}


def planned(rule: PlanRule, subject: Subject) -> list[Finding]:
    """Return what a rule finds in a plan."""
    return list(rule.check(subject))


def deployed(rule: TemplateRule, resources: Mapping[str, Any]) -> list[Finding]:
    """Return what a rule finds in a template."""
    return list(rule.check_template(template(resources)))


def at(logical_id: str, attribute: str = "Arn") -> dict[str, Any]:
    """Return a reference to an attribute of a resource."""
    return {"Fn::GetAtt": [logical_id, attribute]}


def policy(action: Any, resources: Any, **more: Any) -> dict[str, Any]:
    """Return a role with one inline policy of one allowing statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resources, **more}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return resource("AWS::IAM::Role", Policies=[{"PolicyName": "own", "PolicyDocument": document}])
