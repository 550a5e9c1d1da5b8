"""The http source in the template: one API for each pipeline, and nothing between route and queue that need not be."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from aws_cdk import App, aws_apigatewayv2

from constructs_lib.patterns import Pipeline, PipelineStack, PlatformReference
from tests.declarations import declare
from tests.synth.templates import Resource, Template, named, of_type, only

PATHS = {"hmac": "/shops/{shop_id}/orders", "iam": "/orders", "none": "/orders", "sync": "/shops/{shop_id}/quotes"}
AUTH: dict[str, dict[str, Any]] = {
    "hmac": {"type": "hmac", "secret": "shop-webhook-key"},
    "iam": {"type": "iam"},
    "none": {"type": "none"},
    "sync": {"type": "iam"},
}
DIRECT = ("iam", "none")


@dataclass(frozen=True)
class Built:
    """One pipeline for each way to authenticate, in one app."""

    templates: dict[str, Template]
    pipelines: dict[str, Pipeline]


def declared(auth: str) -> dict[str, Any]:
    """Return the source, with a throttle and a retention that no default has."""
    mode = "sync" if auth == "sync" else "async"
    return {"type": "http", "mode": mode, "path": PATHS[auth], "auth": AUTH[auth], "throttle": {"rate": 7, "burst": 9}}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("project")
    app = App(outdir=str(tmp_path_factory.mktemp("assembly")))
    stacks = {}
    for auth in AUTH:
        observability = {"log_retention": "30d"}
        declaration = declare(
            folder,
            pipeline=f"orders-{auth}",
            source=declared(auth),
            tenant=None,
            idempotency={"key": ["body.order_id"]},
            observability=observability,
        )
        stacks[auth] = PipelineStack(app, auth, declaration, platform=PlatformReference())
    assembly = app.synth()
    templates = {auth: assembly.get_stack_by_name(auth).template for auth in AUTH}
    return Built(templates, {auth: stack.pipeline for auth, stack in stacks.items()})


def properties(template: Template, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = only(template, kind)["Properties"]
    return found


def gateway_roles(template: Template) -> list[Resource]:
    """Return the roles that API Gateway may take on."""
    roles = of_type(template, "AWS::IAM::Role").values()
    return [role for role in roles if "apigateway.amazonaws.com" in json.dumps(role)]


def reference_to(template: Template, kind: str) -> dict[str, str]:
    """Return a reference to the one resource of a type."""
    (name,) = of_type(template, kind)
    return {"Ref": name}


@pytest.mark.parametrize("auth", AUTH)
def test_a_pipeline_has_one_api_with_one_stage_and_one_route(built: Built, auth: str) -> None:
    template = built.templates[auth]
    assert properties(template, "AWS::ApiGatewayV2::Api")["Name"] == f"orders-{auth}-dev-api"
    assert properties(template, "AWS::ApiGatewayV2::Api")["ProtocolType"] == "HTTP"
    api = reference_to(template, "AWS::ApiGatewayV2::Api")
    for kind in ("Stage", "Route", "Integration"):
        assert properties(template, f"AWS::ApiGatewayV2::{kind}")["ApiId"] == api
    assert properties(template, "AWS::ApiGatewayV2::Route")["RouteKey"] == f"POST {PATHS[auth]}"


@pytest.mark.parametrize("auth", AUTH)
def test_the_stage_takes_only_so_many_requests(built: Built, auth: str) -> None:
    stage = properties(built.templates[auth], "AWS::ApiGatewayV2::Stage")
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    settings = stage["DefaultRouteSettings"]
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (7, 9)


@pytest.mark.parametrize("auth", AUTH)
def test_every_request_is_in_the_access_log_without_header_body_and_path_parameter(built: Built, auth: str) -> None:
    template = built.templates[auth]
    settings = properties(template, "AWS::ApiGatewayV2::Stage")["AccessLogSettings"]
    name = settings["DestinationArn"]["Fn::GetAtt"][0]
    group = of_type(template, "AWS::Logs::LogGroup")[name]
    assert group["Properties"] == {
        "LogGroupName": f"/aws/vendedlogs/orders-{auth}-dev-api",
        "RetentionInDays": 30,
        "Tags": group["Properties"]["Tags"],
    }
    assert group["DeletionPolicy"] == "RetainExceptOnCreate"
    written = json.loads(settings["Format"])
    assert {"requestId", "status", "sourceIp"} <= set(written)
    assert not any(word in value for value in written.values() for word in ("header", "body", "path", "authorizer"))


@pytest.mark.parametrize(("auth", "expected"), [("hmac", "NONE"), ("iam", "AWS_IAM"), ("none", "NONE")])
def test_the_gateway_authenticates_where_the_declaration_says_iam(built: Built, auth: str, expected: str) -> None:
    assert properties(built.templates[auth], "AWS::ApiGatewayV2::Route")["AuthorizationType"] == expected


@pytest.mark.parametrize("auth", AUTH)
def test_the_route_ends_at_the_integration(built: Built, auth: str) -> None:
    template = built.templates[auth]
    target = properties(template, "AWS::ApiGatewayV2::Route")["Target"]
    assert target == {"Fn::Join": ["/", ["integrations", reference_to(template, "AWS::ApiGatewayV2::Integration")]]}


def test_a_signed_request_goes_to_the_alias_of_the_verifying_function(built: Built) -> None:
    template = built.templates["hmac"]
    integration = properties(template, "AWS::ApiGatewayV2::Integration")
    assert (integration["IntegrationType"], integration["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")
    assert "IntegrationSubtype" not in integration
    alias = of_type(template, "AWS::Lambda::Alias")[integration["IntegrationUri"]["Ref"]]["Properties"]
    assert alias["Name"] == "live"
    function = of_type(template, "AWS::Lambda::Function")[alias["FunctionName"]["Ref"]]["Properties"]
    assert function["FunctionName"] == "orders-hmac-dev-verify"
    assert function["Handler"] == "functions.verify_webhook.handler.handler"


def test_only_this_route_of_this_api_may_call_the_verifying_function(built: Built) -> None:
    template = built.templates["hmac"]
    permission = properties(template, "AWS::Lambda::Permission")
    assert (permission["Action"], permission["Principal"]) == ("lambda:InvokeFunction", "apigateway.amazonaws.com")
    assert permission["FunctionName"] == properties(template, "AWS::ApiGatewayV2::Integration")["IntegrationUri"]
    arn, names = permission["SourceArn"]["Fn::Sub"]
    assert arn.endswith(":${Api}/*/POST/shops/*/orders")
    assert names == {"Api": reference_to(template, "AWS::ApiGatewayV2::Api")}


def test_the_verifying_function_has_a_role_of_its_own_that_cannot_read_the_ledger(built: Built) -> None:
    template, pipeline = built.templates["hmac"], built.pipelines["hmac"]
    function = named(template, "AWS::Lambda::Function", FunctionName="orders-hmac-dev-verify")["Properties"]
    role = of_type(template, "AWS::IAM::Role")[function["Role"]["Fn::GetAtt"][0]]["Properties"]
    statements = [s for policy in role["Policies"] for s in policy["PolicyDocument"]["Statement"]]
    assert {statement["Sid"] for statement in statements} == {g.sid for g in pipeline.plan.function("verify").grants}
    assert "-state" in json.dumps(statements)
    assert "-ledger" not in json.dumps(statements)


@pytest.mark.parametrize("auth", DIRECT)
def test_other_requests_go_to_the_queue_without_a_function(built: Built, auth: str) -> None:
    template = built.templates[auth]
    assert list(built.pipelines[auth].functions) == ["land_order"]
    assert of_type(template, "AWS::Lambda::Permission") == {}
    integration = properties(template, "AWS::ApiGatewayV2::Integration")
    assert (integration["IntegrationType"], integration["IntegrationSubtype"]) == ("AWS_PROXY", "SQS-SendMessage")
    assert integration["PayloadFormatVersion"] == "1.0"
    parameters = integration["RequestParameters"]
    queue = of_type(template, "AWS::SQS::Queue")[parameters["QueueUrl"]["Ref"]]["Properties"]
    assert queue["QueueName"] == f"orders-{auth}-dev-buffer"
    assert parameters["MessageBody"] == "$request.body"


@pytest.mark.parametrize("auth", DIRECT)
def test_a_queued_request_says_where_it_came_from(built: Built, auth: str) -> None:
    integration = properties(built.templates[auth], "AWS::ApiGatewayV2::Integration")
    attributes = json.loads(integration["RequestParameters"]["MessageAttributes"])
    assert {name: value["StringValue"] for name, value in attributes.items()} == {
        "request_id": "${context.requestId}",
        "correlation_id": "${context.requestId}",
        "received_at": "${context.requestTimeEpoch}",
        "source_ip": "${context.identity.sourceIp}",
    }
    assert {value["DataType"] for value in attributes.values()} == {"String"}


@pytest.mark.parametrize("auth", DIRECT)
def test_a_queued_request_is_answered_with_202(built: Built, auth: str) -> None:
    integration = properties(built.templates[auth], "AWS::ApiGatewayV2::Integration")
    answer = {"Source": "202", "Destination": "overwrite:statuscode"}
    assert integration["ResponseParameters"] == {"200": {"ResponseParameters": [answer]}}


@pytest.mark.parametrize("auth", DIRECT)
def test_the_gateway_may_send_to_this_queue_and_do_nothing_else(built: Built, auth: str) -> None:
    template = built.templates[auth]
    (role,) = gateway_roles(template)
    (policy,) = role["Properties"]["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", ["sqs:SendMessage"])
    (resource,) = statement["Resource"]
    queue = of_type(template, "AWS::SQS::Queue")[resource["Fn::GetAtt"][0]]["Properties"]
    assert queue["QueueName"] == f"orders-{auth}-dev-buffer"
    assert "ManagedPolicyArns" not in role["Properties"]
    name = properties(template, "AWS::ApiGatewayV2::Integration")["CredentialsArn"]["Fn::GetAtt"][0]
    assert of_type(template, "AWS::IAM::Role")[name] == role


def test_in_front_of_a_function_the_gateway_needs_no_role(built: Built) -> None:
    assert gateway_roles(built.templates["hmac"]) == []


@pytest.mark.parametrize("auth", AUTH)
def test_the_api_and_its_route_are_attributes(built: Built, auth: str) -> None:
    pipeline = built.pipelines[auth]
    assert isinstance(pipeline.api, aws_apigatewayv2.HttpApi)
    assert set(pipeline.routes) == {"route"}
    assert pipeline.routes["route"].cfn_resource_type == "AWS::ApiGatewayV2::Route"


def test_a_synchronous_route_calls_the_runner_and_has_neither_queue_nor_mapping(built: Built) -> None:
    template = built.templates["sync"]
    for kind in ("AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping"):
        assert of_type(template, kind) == {}
    integration = properties(template, "AWS::ApiGatewayV2::Integration")
    assert integration["IntegrationUri"] == reference_to(template, "AWS::Lambda::Alias")
    assert properties(template, "AWS::Lambda::Function")["ReservedConcurrentExecutions"] == 5
    with pytest.raises(KeyError):
        _ = built.pipelines["sync"].queue
