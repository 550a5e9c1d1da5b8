"""The resources of a route whose callers bring an API key: a REST API, because HTTP APIs have no keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.event_sources._http import rest_mapping as mapping
from constructs_lib.event_sources._http.api import ACCESS_LOG, access_log, log_retention
from constructs_lib.event_sources._http.route import invoke_permission, sending_role
from constructs_lib.model.names import client_key_id
from functions.contract.door import ROUTE
from functions.contract.identity import content_hash

if TYPE_CHECKING:
    from constructs_lib.event_sources._http.auth import ApiKey
    from constructs_lib.event_sources._http.cors import Cors
    from constructs_lib.model.intake import RoutePlan
    from constructs_lib.model.site import Site

Resource = dict[str, Any]

_PUSH_LOGS = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
_EXTENDED = {ROUTE: "$context.httpMethod $context.resourcePath", "client": "$context.identity.apiKeyId"}
"""What the access log of a REST API calls otherwise, or knows beside: the id of the key, never its value."""


def add_rest_api(site: Site, route: RoutePlan, auth: ApiKey, cors: Cors | None) -> None:
    """Make the API with its one route, a stage, a usage plan, and a key for each client."""
    api = site.add_resource("RestApi", rest_api(route))
    methods = _add_methods(site, route, cors, {"Ref": api})
    responses = _add_cors_of_faults(site, cors, {"Ref": api})
    deployed = {"api": rest_api(route), "behind": _behind(site, route), **methods, **responses}
    deployment = site.add_resource(
        f"Deployment{content_hash(deployed)[:8]}",
        {
            "Type": "AWS::ApiGateway::Deployment",
            "DependsOn": [*methods, *responses],
            "Properties": {"RestApiId": {"Ref": api}, "Description": f"{route.method} {route.path}"},
        },
    )
    log = site.add_resource("ApiLog", access_log(route, log_retention(site)))
    account = _add_account(site)
    stage = site.add_resource("RestStage", rest_stage(site, route, api, deployment, log, account))
    _add_clients(site, route, auth, api, stage)


def _behind(site: Site, route: RoutePlan) -> list[str]:
    """Return what a deployment fixes besides its methods: where they are, and whom they call.

    A stage serves its deployment as it was made; without a new one it would go on calling a function that is gone.
    """
    called = site.plan.function(route.function).name if route.function else site.plan.queue(route.queue or "").name
    return [route.path, called]


def rest_api(route: RoutePlan) -> Resource:
    """Return the API: regional, reached over TLS alone, as API Gateway's own addresses are."""
    return {
        "Type": "AWS::ApiGateway::RestApi",
        "Properties": {
            "Name": route.api_name,
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
            "ApiKeySourceType": "HEADER",
        },
    }


def rest_stage(site: Site, route: RoutePlan, api: str, deployment: str, log: str, account: str) -> Resource:
    """Return the stage: throttled, logged, traced where the pipeline is."""
    settings = {
        "HttpMethod": "*",
        "ResourcePath": "/*",
        "LoggingLevel": "ERROR",
        "DataTraceEnabled": False,
        "MetricsEnabled": True,
        "ThrottlingRateLimit": route.throttle_rate,
        "ThrottlingBurstLimit": route.throttle_burst,
    }
    return {
        "Type": "AWS::ApiGateway::Stage",
        "DependsOn": [account],
        "Properties": {
            "RestApiId": {"Ref": api},
            "DeploymentId": {"Ref": deployment},
            "StageName": route.base_path.removeprefix("/"),
            "TracingEnabled": site.plan.function(site.plan.runner).tracing,
            "MethodSettings": [settings],
            "AccessLogSetting": {
                "DestinationArn": {"Fn::GetAtt": [log, "Arn"]},
                "Format": mapping.compact({**ACCESS_LOG, **_EXTENDED}),
            },
        },
    }


def _add_methods(site: Site, route: RoutePlan, cors: Cors | None, api: Resource) -> dict[str, Resource]:
    parent: Resource = {"Fn::GetAtt": [api["Ref"], "RootResourceId"]}
    for number, part in enumerate(route.path[1:].split("/"), 1):
        properties = {"RestApiId": api, "ParentId": parent, "PathPart": part}
        made = site.add_resource(f"Path{number}", {"Type": "AWS::ApiGateway::Resource", "Properties": properties})
        parent = {"Ref": made}
    integration = _function(site, route, api) if route.function else _queue(site, route, cors)
    keyed = _method(api, parent, route.method, integration, cors is not None, key=True)
    methods = {site.add_resource("Route", keyed): keyed}
    if cors is not None:
        preflight = _method(api, parent, "OPTIONS", mapping.preflight(cors, route), cors=True, key=False)
        methods[site.add_resource("Preflight", preflight)] = preflight
    return methods


def _method(api: Resource, parent: Resource, verb: str, integration: Resource, cors: bool, *, key: bool) -> Resource:
    answers = () if integration["Type"] == "AWS_PROXY" else integration["IntegrationResponses"]
    headers = mapping.CORS_HEADERS if cors and not key else mapping.CORS_HEADERS[:1] if cors else ()
    told = {f"method.response.header.{name}": False for name in headers}
    return {
        "Type": "AWS::ApiGateway::Method",
        "Properties": {
            "RestApiId": api,
            "ResourceId": parent,
            "HttpMethod": verb,
            "AuthorizationType": "NONE",
            "ApiKeyRequired": key,
            "Integration": integration,
            "MethodResponses": [
                {"StatusCode": answer["StatusCode"], **({"ResponseParameters": told} if told else {})}
                for answer in answers
            ],
        },
    }


def _function(site: Site, route: RoutePlan, api: Resource) -> Resource:
    alias = site.reference(site.function(route.function or "").function_arn)
    site.add_resource("InvokePermission", invoke_permission(api, alias, route))
    return mapping.function_integration(alias)


def _queue(site: Site, route: RoutePlan, cors: Cors | None) -> Resource:
    queue = site.queue(route.queue or "")
    role = site.add_resource("IntegrationRole", sending_role(site.reference(queue.queue_arn), route))
    return mapping.queue_integration(site.reference(queue.queue_name), role, route, cors)


def _add_cors_of_faults(site: Site, cors: Cors | None, api: Resource) -> dict[str, Resource]:
    """A page may read why it was refused: the gateway's own answers name the web site, too."""
    if cors is None:
        return {}
    made = {}
    for kind in ("4XX", "5XX"):
        response: Resource = {
            "Type": "AWS::ApiGateway::GatewayResponse",
            "Properties": {
                "RestApiId": api,
                "ResponseType": f"DEFAULT_{kind}",
                "ResponseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": f"'{cors.origins[0]}'"},
            },
        }
        made[site.add_resource(f"Refused{kind}", response)] = response
    return made


def _add_account(site: Site) -> str:
    """Let API Gateway write logs: one setting of account and region, the same whichever stack makes it, so it stays."""
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    role = site.add_resource(
        "GatewayLogRole",
        {
            "Type": "AWS::IAM::Role",
            **kept,
            "Properties": {
                "Description": "Lets API Gateway write the logs of REST APIs.",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                "ManagedPolicyArns": [{"Fn::Sub": _PUSH_LOGS}],
            },
        },
    )
    arn = {"CloudWatchRoleArn": {"Fn::GetAtt": [role, "Arn"]}}
    account: Resource = {"Type": "AWS::ApiGateway::Account", **kept, "Properties": arn}
    return site.add_resource("GatewayAccount", account)


def _add_clients(site: Site, route: RoutePlan, auth: ApiKey, api: str, stage: str) -> None:
    quota = auth.quota
    limit = {"Quota": {"Limit": quota.requests, "Period": quota.period.upper()}} if quota else {}
    plan = site.add_resource(
        "UsagePlan",
        {
            "Type": "AWS::ApiGateway::UsagePlan",
            "Properties": {
                "UsagePlanName": route.api_name,
                "ApiStages": [{"ApiId": {"Ref": api}, "Stage": {"Ref": stage}}],
                "Throttle": {"RateLimit": route.throttle_rate, "BurstLimit": route.throttle_burst},
                **limit,
            },
        },
    )
    for client in auth.clients:
        id = client_key_id(client)
        part = mapping.part_name(id)
        named = {"Name": site.plan.resource(id).name, "Enabled": True}
        key = site.add_resource(part, {"Type": "AWS::ApiGateway::ApiKey", "Properties": named})
        joined = {"KeyId": {"Ref": key}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": plan}}
        site.add_resource(f"{part}Plan", {"Type": "AWS::ApiGateway::UsagePlanKey", "Properties": joined})
