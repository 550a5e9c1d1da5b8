"""Every template rule sees its fault in the shape that the library itself writes templates in."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from aws_cdk import App, Stack

from constructs_lib.declaration.pipeline import PipelineDeclaration
from constructs_lib.governance.review import all_rules, review
from constructs_lib.governance.rule import TemplateRule
from constructs_lib.governance.template import Template
from constructs_lib.patterns.pipeline import Pipeline
from tests.unit.governance.cases import DECLARED

Resources = dict[str, dict[str, Any]]
Fault = Callable[[Resources], None]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    """Return the resources of one declared webhook pipeline with a platform of its own."""
    app = App(outdir=str(tmp_path_factory.mktemp("healthy")))
    auth = {"type": "hmac", "secret": "shop-webhook-key", "header": "x-signature", "timestamp_header": "x-timestamp"}
    source = {"type": "http", "path": "/orders", "auth": auth}
    Pipeline(Stack(app, "Shop"), "Orders", PipelineDeclaration.model_validate({**DECLARED, "source": source}))
    template = app.synth().get_stack_by_name("Shop").template_full_path
    with open(template, encoding="utf-8") as file:
        resources: Resources = json.load(file)["Resources"]
    return resources


def first(resources: Resources, kind: str, key: str = "") -> dict[str, Any]:
    """Return the properties of the first resource of a type, or of the first that has a property."""
    properties = (item["Properties"] for item in resources.values() if item["Type"] == kind)
    return next(found for found in properties if not key or key in found)


def without(kind: str, key: str) -> Fault:
    return lambda resources: first(resources, kind, key).pop(key)


def with_value(kind: str, key: str, value: Any, holder: str = "") -> Fault:
    return lambda resources: first(resources, kind, holder or key).update({key: value})


def without_type(kind: str) -> Fault:
    def change(resources: Resources) -> None:
        for name in [name for name, item in resources.items() if item["Type"] == kind]:
            del resources[name]

    return change


def runner(resources: Resources) -> dict[str, Any]:
    kind = "AWS::Lambda::Function"
    found = (item["Properties"] for item in resources.values() if item["Type"] == kind)
    return next(item for item in found if "land-order" in item.get("FunctionName", ""))


def leak(resources: Resources) -> None:
    runner(resources)["Environment"]["Variables"]["DB_PASSWORD"] = "hunter2"


def share_role(resources: Resources) -> None:
    functions = [item["Properties"] for item in resources.values() if item["Type"] == "AWS::Lambda::Function"]
    functions[1]["Role"] = functions[0]["Role"]


def misname_metric(resources: Resources) -> None:
    alarms = (item["Properties"] for item in resources.values() if item["Type"] == "AWS::CloudWatch::Alarm")
    next(alarm for alarm in alarms if alarm["Namespace"] == "AWS/SQS")["MetricName"] = "NumberOfThings"


def granted(action: str, target: str) -> Fault:
    """Add an action to the statement of the runner's role whose resource mentions ``target``."""

    def change(resources: Resources) -> None:
        statements = (
            statement
            for item in resources.values()
            if item["Type"] in ("AWS::IAM::Role", "AWS::IAM::Policy")
            for policy in item["Properties"].get("Policies") or [item["Properties"]]
            for statement in policy.get("PolicyDocument", {}).get("Statement", [])
        )
        statement = next(item for item in statements if target in json.dumps(item["Resource"]))
        actions = statement["Action"]
        statement["Action"] = [*(actions if isinstance(actions, list) else [actions]), action]

    return change


QUEUE, FUNCTION, MAPPING = "AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"
ALARM, BUCKET, LOGS = "AWS::CloudWatch::Alarm", "AWS::S3::Bucket", "AWS::Logs::LogGroup"
FAULTS: dict[str, Fault] = {
    "alarms-have-data": misname_metric,
    "concurrency-cap": without(MAPPING, "ScalingConfig"),
    "dlq-attached": without(QUEUE, "RedrivePolicy"),
    "encrypted-at-rest": with_value(QUEUE, "SqsManagedSseEnabled", False, "QueueName"),
    "encrypted-in-transit": without_type("AWS::SQS::QueuePolicy"),
    "ledger-append-only": granted("dynamodb:UpdateItem", "ledger"),
    "log-retention": without_type(LOGS),
    "no-secret-in-environment": leak,
    "no-wildcard-grant": granted("sqs:*", "sqs"),
    "partial-batch-response": without(MAPPING, "FunctionResponseTypes"),
    "private-bucket": without(BUCKET, "PublicAccessBlockConfiguration"),
    "raw-immutable": granted("s3:DeleteObject", "/quarantine/"),
    "runbook-and-owner": with_value(ALARM, "AlarmDescription", "something is wrong"),
    "shared-role": share_role,
    "stated-timeout": without(FUNCTION, "Timeout"),
    "visibility-timeout": with_value(QUEUE, "VisibilityTimeout", 10, "RedrivePolicy"),
}


def rules_found(resources: Resources) -> set[str]:
    found = review((), [Template({"Resources": resources})], today=date(2026, 11, 21))
    return {finding.rule.removeprefix("Pipeline::") for finding in found.findings}


def test_the_template_of_a_declared_pipeline_has_no_finding(healthy: Resources) -> None:
    assert rules_found(healthy) == set()


@pytest.mark.parametrize("slug", sorted(FAULTS))
def test_one_fault_in_that_template_is_one_rule_s_finding(healthy: Resources, slug: str) -> None:
    broken = copy.deepcopy(healthy)
    FAULTS[slug](broken)
    assert rules_found(broken) == {slug}


def test_every_template_rule_has_its_fault_here() -> None:
    assert set(FAULTS) == {rule.slug for rule in all_rules() if isinstance(rule, TemplateRule)}
