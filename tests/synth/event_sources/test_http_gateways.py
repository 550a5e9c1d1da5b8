"""Routes with tokens, keys, browsers and neighbours in the template, judged by every rule and both packs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App

from constructs_lib.errors import PlanError
from constructs_lib.governance.attach import govern, synthesize
from constructs_lib.patterns import Pipeline, PipelineStack, PlatformReference, PlatformStack
from tests.declarations import declare
from tests.synth.templates import Template, of_type, only

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.declaration.pipeline import PipelineDeclaration

TOKENS = {"type": "jwt", "issuer": "https://id.example.com/", "audience": ["orders"], "scopes": ["orders.write"]}
POOL = {"type": "jwt", "user_pool": True}
KEYS = {"type": "api_key", "clients": ["partner-a", "partner-b"], "quota": {"requests": 1000, "period": "day"}}
SITE = {"origins": ["https://shop.example.com"], "max_age": "10m"}
GATEWAY = "AWS::ApiGateway::"
STACKS: dict[str, dict[str, dict[str, Any]]] = {
    "tokens": {"tokens": {"auth": TOKENS, "cors": SITE}},
    "pool": {"pool": {"auth": POOL, "mode": "sync", "path": "/orders/{id}"}},
    "keys": {"keys": {"auth": KEYS, "path": "/shops/{shop_id}/orders", "cors": SITE}},
    "asked": {"asked": {"auth": {"type": "api_key"}, "mode": "sync", "method": "GET", "path": "/orders/{id}"}},
    "items": {
        "reads": {"auth": POOL, "mode": "sync", "method": "GET", "path": "/v1.0/{id}", "api": "items", "cors": SITE},
        "writes": {
            "auth": POOL,
            "mode": "sync",
            "method": "PUT",
            "path": "/v1.0/{id}",
            "api": "items",
            "throttle": {"rate": 5, "burst": 6},
        },
        "notes": {"auth": {"type": "iam"}, "api": "items", "path": "/notes"},
    },
}


def declared(folder: Path, name: str, source: dict[str, Any]) -> PipelineDeclaration:
    key = {"key": ["body.order_id"]}
    source = {"type": "http", "path": "/orders", **source}
    reads = source.get("method") == "GET"
    rest: dict[str, Any] = {"idempotency": None, "contract": None, "outputs": []} if reads else {"idempotency": key}
    return declare(folder, pipeline=name, source=source, tenant=None, **rest)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateways")


@pytest.fixture(scope="module")
def pipelines() -> dict[str, Pipeline]:
    return {}


@pytest.fixture(scope="module")
def templates(folder: Path, pipelines: dict[str, Pipeline]) -> dict[str, Template]:
    """Synthesise all stacks under governance, which ends the run where it finds anything."""
    app = App(outdir=str(folder / "out"))
    platform = PlatformStack(app, "platform").platform
    for name, sources in STACKS.items():
        declarations = [declared(folder, pipeline, source) for pipeline, source in sources.items()]
        pipelines.update(PipelineStack(app, name, declarations, platform=platform).pipelines)
    govern(app)
    synthesize(app)
    return {name: json.loads((folder / "out" / f"{name}.template.json").read_text()) for name in STACKS}


def test_no_rule_and_no_pack_finds_anything(templates: dict[str, Template], folder: Path) -> None:
    assert set(templates) == set(STACKS)
    report = json.loads((folder / "out" / "validation-report.json").read_text())
    names = {one["pluginName"] for one in report["pluginReports"]}
    assert {"AwsSolutions", "Serverless"} <= names
    assert [found for one in report["pluginReports"] for found in one.get("violations") or ()] == []


def test_the_gateway_checks_issuer_audience_and_scopes(templates: dict[str, Template]) -> None:
    template = templates["tokens"]
    authorizer = only(template, "AWS::ApiGatewayV2::Authorizer")["Properties"]
    assert authorizer["JwtConfiguration"] == {"Issuer": TOKENS["issuer"], "Audience": TOKENS["audience"]}
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    route = only(template, "AWS::ApiGatewayV2::Route")["Properties"]
    assert (route["AuthorizationType"], route["AuthorizationScopes"]) == ("JWT", TOKENS["scopes"])
    (name,) = of_type(template, "AWS::ApiGatewayV2::Authorizer")
    assert route["AuthorizerId"] == {"Ref": name}
    integration = only(template, "AWS::ApiGatewayV2::Integration")["Properties"]
    assert integration["IntegrationSubtype"] == "SQS-SendMessage"
    assert "claims.sub" in json.loads(integration["RequestParameters"]["MessageAttributes"])


def test_browsers_are_answered_by_the_gateway(templates: dict[str, Template]) -> None:
    assert only(templates["tokens"], "AWS::ApiGatewayV2::Api")["Properties"]["CorsConfiguration"] == {
        "AllowOrigins": SITE["origins"],
        "AllowHeaders": ["content-type", "authorization"],
        "AllowMethods": ["POST"],
        "MaxAge": 600,
    }
    assert "CorsConfiguration" not in only(templates["pool"], "AWS::ApiGatewayV2::Api")["Properties"]


def test_a_user_pool_is_closed_and_kept_and_its_client_is_the_audience(
    templates: dict[str, Template], pipelines: dict[str, Pipeline]
) -> None:
    pool, template = only(templates["pool"], "AWS::Cognito::UserPool"), templates["pool"]
    assert (pool["DeletionPolicy"], pool["UpdateReplacePolicy"]) == ("Retain", "Retain")
    said = pool["Properties"]
    assert (said["DeletionProtection"], said["MfaConfiguration"]) == ("ACTIVE", "ON")
    assert said["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert said["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
    (name,), (client,) = (of_type(template, f"AWS::Cognito::{kind}") for kind in ("UserPool", "UserPoolClient"))
    checked = only(template, "AWS::ApiGatewayV2::Authorizer")["Properties"]["JwtConfiguration"]
    issuer = {"Fn::Join": ["", ["https://", {"Fn::GetAtt": [name, "ProviderName"]}]]}
    assert checked == {"Issuer": issuer, "Audience": [{"Ref": client}]}
    assert pipelines["pool"].resources["user_pool"].cfn_resource_type == "AWS::Cognito::UserPool"


def test_a_keyed_route_sends_to_the_queue_and_only_clients_of_the_plan_may(templates: dict[str, Template]) -> None:
    template = templates["keys"]
    methods = {
        one["Properties"]["HttpMethod"]: one["Properties"] for one in of_type(template, f"{GATEWAY}Method").values()
    }
    assert {verb: method["ApiKeyRequired"] for verb, method in methods.items()} == {"POST": True, "OPTIONS": False}
    assert methods["POST"]["Integration"]["PassthroughBehavior"] == "NEVER"
    assert len(of_type(template, f"{GATEWAY}ApiKey")) == len(of_type(template, f"{GATEWAY}UsagePlanKey")) == 2
    plan = only(template, f"{GATEWAY}UsagePlan")["Properties"]
    assert plan["Quota"] == {"Limit": 1000, "Period": "DAY"}
    assert plan["Throttle"] == {"RateLimit": 100, "BurstLimit": 200}
    (stage,) = of_type(template, f"{GATEWAY}Stage")
    assert plan["ApiStages"][0]["Stage"] == {"Ref": stage}
    roles = of_type(template, "AWS::IAM::Role").values()
    sending = [json.dumps(role) for role in roles if "sqs:SendMessage" in json.dumps(role)]
    assert any("apigateway.amazonaws.com" in role and '"*"' not in role for role in sending)


def test_an_answer_of_the_queue_shows_nothing_of_it(templates: dict[str, Template]) -> None:
    (post,) = (
        one["Properties"]
        for one in of_type(templates["keys"], f"{GATEWAY}Method").values()
        if one["Properties"]["HttpMethod"] == "POST"
    )
    answers = {one["StatusCode"]: one for one in post["Integration"]["IntegrationResponses"]}
    chosen = {
        status: next(
            (code for code, one in answers.items() if re.fullmatch(one.get("SelectionPattern", "$"), status)), "202"
        )
        for status in ("200", "400", "403", "500", "503")
    }
    assert chosen == {"200": "202", "400": "400", "403": "503", "500": "503", "503": "503"}
    assert all(json.loads(one["ResponseTemplates"]["application/json"]) for one in answers.values())
    assert [status for status in answers if status not in {one["StatusCode"] for one in post["MethodResponses"]}] == []


def test_a_stage_of_a_rest_api_has_limits_logs_and_a_role_to_write_them(templates: dict[str, Template]) -> None:
    stage = only(templates["asked"], f"{GATEWAY}Stage")
    (settings,) = stage["Properties"]["MethodSettings"]
    assert (settings["ThrottlingRateLimit"], settings["DataTraceEnabled"]) == (100, False)
    (account,) = of_type(templates["asked"], f"{GATEWAY}Account")
    assert stage["DependsOn"] == [account]
    assert only(templates["asked"], f"{GATEWAY}Account")["DeletionPolicy"] == "Retain"
    line = re.sub(r"\$context\.[A-Za-z.]+", "-", stage["Properties"]["AccessLogSetting"]["Format"])
    assert {"requestId", "status", "routeKey", "client"} <= set(json.loads(line))


def test_a_change_of_a_route_or_of_what_it_calls_makes_a_new_deployment(folder: Path, tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    sync = {"auth": KEYS, "mode": "sync"}
    variants = {
        "one": declared(folder, "keyed", sync),
        "again": declared(folder, "keyed", {**sync, "throttle": {"rate": 7}}),
        "method": declared(folder, "keyed", {**sync, "method": "PUT"}),
        "path": declared(folder, "keyed", {**sync, "path": "/elsewhere"}),
        "called": declared(folder, "other", sync),
        "queued": declared(folder, "keyed", {"auth": KEYS}),
        "queue": declared(folder, "other", {"auth": KEYS}),
    }
    for name, declaration in variants.items():
        PipelineStack(app, name, declaration, platform=PlatformReference())
    assembly = app.synth()
    ids = {name: list(of_type(assembly.get_stack_by_name(name).template, f"{GATEWAY}Deployment")) for name in variants}
    made = {name: found[0][-8:] for name, found in ids.items()}
    assert made["one"] == made["again"]
    assert len(set(made.values())) == len(variants) - 1


def test_pipelines_share_one_api_with_a_throttle_for_each_route(
    templates: dict[str, Template], pipelines: dict[str, Pipeline]
) -> None:
    template = templates["items"]
    (api,) = of_type(template, "AWS::ApiGatewayV2::Api")
    routes = of_type(template, "AWS::ApiGatewayV2::Route")
    assert {one["Properties"]["ApiId"]["Ref"] for one in routes.values()} == {api}
    stage = only(template, "AWS::ApiGatewayV2::Stage")
    limits = {key: one["ThrottlingRateLimit"] for key, one in stage["Properties"]["RouteSettings"].items()}
    assert limits == {"GET /v1.0/{id}": 100, "PUT /v1.0/{id}": 5, "POST /notes": 100}
    assert set(stage["DependsOn"]) >= set(routes)
    assert (
        len(of_type(template, "AWS::Cognito::UserPool")) == len(of_type(template, "AWS::ApiGatewayV2::Authorizer")) == 1
    )
    functions = of_type(template, "AWS::Lambda::Function").values()
    roles = [json.dumps(function["Properties"]["Role"]) for function in functions]
    assert len(roles) == len(set(roles)) == 3
    found = {pipelines[name].api for name in ("reads", "writes", "notes")}
    assert len({one.node.path for one in found if one}) == 1
    assert pipelines["reads"].routes["route"].cfn_resource_type == "AWS::ApiGatewayV2::Route"


def test_pipelines_of_one_api_in_two_stacks_are_refused(folder: Path) -> None:
    app = App()
    source = {"auth": {"type": "iam"}, "api": "items"}
    PipelineStack(app, "first", declared(folder, "first", source), platform=PlatformReference())
    other = declared(folder, "second", {**source, "path": "/other"})
    with pytest.raises(PlanError) as refused:
        PipelineStack(app, "second", other, platform=PlatformReference())
    assert [fault.code for fault in refused.value.faults] == ["api-split"]


def test_the_same_route_twice_in_an_api_is_refused(folder: Path) -> None:
    source = {"auth": {"type": "iam"}, "api": "items"}
    twice = [declared(folder, name, source) for name in ("first", "second")]
    with pytest.raises(PlanError) as refused:
        PipelineStack(App(), "items", twice, platform=PlatformReference())
    assert [fault.code for fault in refused.value.faults] == ["route-taken"]
