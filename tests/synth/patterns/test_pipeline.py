"""The construct of a pipeline: what its plan says stands in the template, and every resource is an attribute."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from aws_cdk import App, Aspects, CfnResource, Stack, Tags, aws_iam, aws_lambda, aws_sqs

from constructs_lib.patterns import Pipeline, PipelineStack, PlatformReference, PlatformStack
from constructs_lib.patterns.dashboard import dashboard
from tests.declarations import declare
from tests.synth.templates import Template, named, of_type, only, statements

PINNED = {
    "PipelineBuffer30B91436",
    "PipelineBufferPolicy3BA3CD8E",
    "PipelineDlqA3C14490",
    "PipelineDlqPolicy45A80A76",
    "PipelineLandOrder06EEC838",
    "PipelineLandOrderLiveF479751A",
    "PipelineLandOrderRoleD32BC6B2",
    "ShopOrdersAlarmDlqDepth",
    "ShopOrdersAlarmLandOrderErrors",
    "ShopOrdersAlarmLandOrderThrottles",
    "ShopOrdersAlarmOldestMessage",
    "ShopOrdersBufferToRunner",
    "ShopOrdersDashboard",
    "ShopOrdersLandOrderLogs",
}


@dataclass(frozen=True)
class Built:
    """One synthesised app with a pipeline in every setting that matters."""

    shared: Template
    alone: Template
    elsewhere: Template
    pipeline: Pipeline


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("project")
    app = App(outdir=str(tmp_path_factory.mktemp("assembly")))
    overrides = [
        {"resource": "buffer", "property": "DelaySeconds", "value": 3, "reason": "the partner needs a pause"},
        {"resource": "dlq-depth", "property": "Threshold", "value": 5, "reason": "four are always under triage"},
        {
            "resource": "dlq-depth",
            "property": "OKActions.0",
            "value": "arn:aws:sns:x",
            "reason": "others hear it too",
        },
        {
            "resource": "dlq-depth",
            "property": "Dimensions.0.Value",
            "value": "other",
            "reason": "it moved elsewhere",
        },
    ]
    platform = PlatformStack(app, "platform").platform
    shared = PipelineStack(app, "shared", declare(folder), platform=platform)
    existing = {"type": "queue", "arn": "arn:aws:sqs:eu-west-1:111122223333:stock"}
    PipelineStack(
        app,
        "elsewhere",
        declare(
            folder,
            source=existing,
            tenant=None,
            idempotency={"key": ["body.order_id"]},
            queue={"visibility_timeout": "10m"},
        ),
        platform=PlatformReference(),
    )
    stack = Stack(app, "alone")
    Pipeline(stack, "Mine", declare(folder, overrides=overrides))
    assembly = app.synth()
    templates = {name: assembly.get_stack_by_name(name).template for name in ("shared", "alone", "elsewhere")}
    return Built(**templates, pipeline=shared.pipeline)


def runner(template: Template) -> dict[str, Any]:
    properties: dict[str, Any] = named(template, "AWS::Lambda::Function", FunctionName="shop-orders-dev-land-order")[
        "Properties"
    ]
    return properties


def test_logical_ids_stay_as_they_are(built: Built) -> None:
    versions = set(of_type(built.shared, "AWS::Lambda::Version"))
    assert set(built.shared["Resources"]) - versions >= PINNED


def test_the_buffer_sends_spent_records_to_its_dead_letter_queue(built: Built) -> None:
    queues = of_type(built.shared, "AWS::SQS::Queue")
    buffer = named(built.shared, "AWS::SQS::Queue", QueueName="shop-orders-dev-buffer")["Properties"]
    target = buffer["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert queues[target]["Properties"]["QueueName"] == "shop-orders-dev-dlq"
    assert buffer["RedrivePolicy"]["maxReceiveCount"] == 100
    assert buffer["VisibilityTimeout"] == 6 * 30


def test_queues_are_encrypted_and_refuse_plain_http(built: Built) -> None:
    queues = of_type(built.shared, "AWS::SQS::Queue")
    assert all(queue["Properties"]["SqsManagedSseEnabled"] is True for queue in queues.values())
    denied = [s for s in statements(built.shared, "AWS::SQS::QueuePolicy") if s["Effect"] == "Deny"]
    assert len(denied) == len(queues) == 2


def test_dead_letters_and_logs_outlive_their_stack_but_no_failed_first_deployment(built: Built) -> None:
    dead_letters = named(built.shared, "AWS::SQS::Queue", QueueName="shop-orders-dev-dlq")
    for kept in (dead_letters, *of_type(built.shared, "AWS::Logs::LogGroup").values()):
        assert (kept["DeletionPolicy"], kept["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    buffer = named(built.shared, "AWS::SQS::Queue", QueueName="shop-orders-dev-buffer")
    assert buffer["DeletionPolicy"] == "Delete"


def test_the_runner_is_what_the_plan_says(built: Built) -> None:
    function = runner(built.shared)
    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert (function["MemorySize"], function["Timeout"]) == (256, 30)
    assert function["Handler"] == "handlers.orders.land_order"
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert "ReservedConcurrentExecutions" not in function
    planned = {v.name for v in built.pipeline.plan.function("land_order").environment}
    assert set(function["Environment"]["Variables"]) == planned


def test_a_role_allows_the_grants_of_its_plan_and_nothing_else(built: Built) -> None:
    roles = of_type(built.shared, "AWS::IAM::Role")
    plans = {"PipelineLandOrderRoleD32BC6B2": built.pipeline.plan.function("land_order")}
    for name, plan in plans.items():
        role = roles[name]["Properties"]
        assert "ManagedPolicyArns" not in role
        document = role["Policies"][0]["PolicyDocument"]["Statement"]
        assert {s["Sid"]: tuple(s["Action"] if isinstance(s["Action"], list) else [s["Action"]]) for s in document} == {
            grant.sid: grant.actions for grant in plan.grants
        }
    policies = of_type(built.shared, "AWS::IAM::Policy")
    assert policies == {}


def test_no_two_functions_share_a_role(built: Built) -> None:
    functions = of_type(built.shared, "AWS::Lambda::Function").values()
    roles = [json.dumps(function["Properties"]["Role"]) for function in functions]
    assert len(set(roles)) == len(roles)


def test_the_mapping_feeds_the_alias_with_partial_failures_under_a_cap(built: Built) -> None:
    mapping = only(built.shared, "AWS::Lambda::EventSourceMapping")["Properties"]
    assert mapping["FunctionName"] == {"Ref": "PipelineLandOrderLiveF479751A"}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 5}
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": ["PipelineBuffer30B91436", "Arn"]}


def test_the_alias_live_points_at_a_version_of_the_function(built: Built) -> None:
    alias = named(built.shared, "AWS::Lambda::Alias", FunctionName={"Ref": "PipelineLandOrder06EEC838"})["Properties"]
    assert alias["Name"] == "live"
    assert alias["FunctionVersion"]["Fn::GetAtt"][0] in of_type(built.shared, "AWS::Lambda::Version")


def test_a_layer_that_changes_behind_its_parameter_makes_a_new_version(built: Built) -> None:
    for template in (built.shared, built.alone):
        functions = of_type(template, "AWS::Lambda::Function")
        for version in of_type(template, "AWS::Lambda::Version").values():
            function = functions[version["Properties"]["FunctionName"]["Ref"]]
            assert [version["Properties"]["Description"]] == function["Properties"]["Layers"]


def test_every_function_has_a_log_group_that_forgets_in_time(built: Built) -> None:
    groups = {g["Properties"]["LogGroupName"]: g for g in of_type(built.shared, "AWS::Logs::LogGroup").values()}
    names = [f["Properties"]["FunctionName"] for f in of_type(built.shared, "AWS::Lambda::Function").values()]
    for name in names:
        assert groups[f"/aws/lambda/{name}"]["Properties"]["RetentionInDays"] == 90


def test_alarms_report_to_the_platform_and_watch_what_exists(built: Built) -> None:
    alarms = of_type(built.shared, "AWS::CloudWatch::Alarm")
    assert {a["Properties"]["AlarmName"] for a in alarms.values()} == {a.name for a in built.pipeline.plan.alarms}
    for alarm in alarms.values():
        assert "pipelines-dev-alarms" in json.dumps(alarm["Properties"]["AlarmActions"])
        assert alarm["Properties"]["TreatMissingData"] == "notBreaching"


def test_the_dashboard_is_valid_json_and_shows_queue_functions_and_tenants(built: Built) -> None:
    body = only(built.shared, "AWS::CloudWatch::Dashboard")["Properties"]["DashboardBody"]["Fn::Sub"]
    titles = [widget["properties"].get("title") for widget in json.loads(body)["widgets"]]
    assert {"Records by outcome", "Records landed by tenant", "Queue buffer", "Queue dlq"} <= set(titles)
    assert "Function land_order" in titles


def test_what_a_user_writes_into_the_dashboard_is_no_reference(built: Built) -> None:
    body = dashboard(built.pipeline.plan.model_copy(update={"runbook": "wiki/${page}"}))
    text = body["Properties"]["DashboardBody"]["Fn::Sub"]
    assert "wiki/${!page}" in text
    assert set(re.findall(r"\$\{[^!}]*\}", text)) == {"${AWS::Region}"}


def test_stacks_know_each_other_by_name_and_export_nothing(built: Built) -> None:
    text = json.dumps(built.shared)
    assert "Fn::ImportValue" not in text
    parameters = [p.get("Default") for p in built.shared["Parameters"].values()]
    assert "/pipelines/dev/runtime-layer-arn" in parameters


def test_a_pipeline_on_its_own_brings_tables_bucket_and_layer(built: Built) -> None:
    tables = {t["Properties"]["TableName"] for t in of_type(built.alone, "AWS::DynamoDB::Table").values()}
    assert tables == {"shop-orders-dev-ledger", "shop-orders-dev-state"}
    assert len(of_type(built.alone, "AWS::Lambda::LayerVersion")) == 1
    layer = next(iter(of_type(built.alone, "AWS::Lambda::LayerVersion")))
    assert runner(built.alone)["Layers"] == [{"Ref": layer}]


def test_overrides_reach_queues_and_leaves(built: Built) -> None:
    buffer = named(built.alone, "AWS::SQS::Queue", QueueName="shop-orders-dev-buffer")["Properties"]
    alarm = named(built.alone, "AWS::CloudWatch::Alarm", AlarmName="shop-orders-dev-dlq-depth")["Properties"]
    assert (buffer["DelaySeconds"], alarm["Threshold"]) == (3, 5)
    assert alarm["OKActions"] == ["arn:aws:sns:x"]
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": "other"}]
    untouched = named(built.shared, "AWS::SQS::Queue", QueueName="shop-orders-dev-buffer")["Properties"]
    assert "DelaySeconds" not in untouched


def test_an_existing_queue_is_mapped_and_not_made(built: Built) -> None:
    mapping = only(built.elsewhere, "AWS::Lambda::EventSourceMapping")["Properties"]
    assert mapping["EventSourceArn"] == "arn:aws:sqs:eu-west-1:111122223333:stock"
    names = [q["Properties"]["QueueName"] for q in of_type(built.elsewhere, "AWS::SQS::Queue").values()]
    assert names == ["shop-orders-dev-dlq"]


def test_every_resource_is_an_attribute(built: Built) -> None:
    pipeline = built.pipeline
    assert isinstance(pipeline.queue, aws_sqs.Queue)
    assert isinstance(pipeline.dlq, aws_sqs.Queue)
    assert isinstance(pipeline.functions["land_order"], aws_lambda.Function)
    assert isinstance(pipeline.roles["land_order"], aws_iam.Role)
    assert isinstance(pipeline.aliases["land_order"], aws_lambda.Alias)
    assert isinstance(pipeline.dashboard, CfnResource)
    assert set(pipeline.alarms) == {alarm.id for alarm in pipeline.plan.alarms}
    assert set(pipeline.log_groups) == set(pipeline.functions)
    assert pipeline.ledger.table_name
    assert pipeline.raw_bucket.bucket_name


def test_the_parts_can_be_built_on(tmp_path_factory: pytest.TempPathFactory) -> None:
    class Audited(Pipeline):
        """A user's own pipeline."""

    app = App(outdir=str(tmp_path_factory.mktemp("assembly")))
    stack = Stack(app, "extended")
    pipeline = Audited(stack, "Mine", declare(tmp_path_factory.mktemp("project")), platform=PlatformReference())
    sender = aws_iam.User(stack, "Sender")
    pipeline.queue.grant_send_messages(sender)
    pipeline.functions["land_order"].add_environment("EXTRA", "1")
    Tags.of(stack).add("cost-centre", "42")
    Aspects.of(stack)
    template = app.synth().get_stack_by_name("extended").template
    assert runner(template)["Environment"]["Variables"]["EXTRA"] == "1"
    actions = [s["Action"] for s in statements(template, "AWS::IAM::Policy")]
    assert any("sqs:SendMessage" in action for action in actions)
    mapping = only(template, "AWS::Lambda::EventSourceMapping")["Properties"]
    assert {"Key": "cost-centre", "Value": "42"} in mapping["Tags"]
