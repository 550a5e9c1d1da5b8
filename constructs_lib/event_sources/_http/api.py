"""The HTTP API of a route: the pipeline's own, or one that several pipelines of a stack share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.model.names import shared_api_id
from functions.contract.door import ACCESS_REQUEST_ID, ROUTE, STATUS, access_log_group

if TYPE_CHECKING:
    from aws_cdk import aws_apigatewayv2

    from constructs_lib.event_sources._http.cors import Cors
    from constructs_lib.model.intake import RoutePlan
    from constructs_lib.model.site import Site

Resource = dict[str, Any]

STAGE = "Stage"
"""Id of the stage below a shared API."""
METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
ACCESS_LOG = {
    ACCESS_REQUEST_ID: "$context.requestId",
    "requestTime": "$context.requestTime",
    "sourceIp": "$context.identity.sourceIp",
    ROUTE: "$context.routeKey",
    STATUS: "$context.status",
    "responseLength": "$context.responseLength",
    "error": "$context.error.responseType",
    "integrationStatus": "$context.integration.status",
    "integrationRequestId": "$context.integration.requestId",
}
"""What is written of a request: no header, no body, no path parameter, and no text that could hold a quote.

``$context.error.message`` can, and ``$context.error.messageString`` brings quotes of its own only where there is an
error; a line that is no JSON would be missed by whoever accounts for requests.
"""


def log_format() -> str:
    """Return the format of the access log: one JSON object a line."""
    return json.dumps(ACCESS_LOG, separators=(",", ":"))


def api_for(site: Site, route: RoutePlan, cors: Cors | None) -> aws_apigatewayv2.HttpApi:
    """Return the API of a route, made by the first route that needs it, with its stage and its access log."""
    if route.shared:
        return _shared_api(site, route, cors)
    api = _make_api(site.scope, "Api", route, cors)
    api_id = site.reference(api.api_id)
    log = site.add_resource("ApiLog", access_log(route, log_retention(site)))
    site.add_resource("ApiStage", stage(api_id, log, route))
    return api


def log_retention(site: Site) -> int:
    """Return for how many days the access log is kept."""
    return site.plan.function(site.plan.runner).log_retention_days


def access_log(route: RoutePlan, retention_days: int) -> Resource:
    """Return the access log; it outlives its stack, but no first deployment that failed."""
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"LogGroupName": access_log_group(route.api_name), "RetentionInDays": retention_days},
    }


def stage(api_id: Resource, log: str, route: RoutePlan) -> Resource:
    """Return the default stage: throttled, logged, deployed with every change."""
    return {
        "Type": "AWS::ApiGatewayV2::Stage",
        "Properties": {
            "ApiId": api_id,
            "StageName": "$default",
            "AutoDeploy": True,
            "DefaultRouteSettings": {
                "ThrottlingRateLimit": route.throttle_rate,
                "ThrottlingBurstLimit": route.throttle_burst,
                "DetailedMetricsEnabled": True,
            },
            "AccessLogSettings": {
                "DestinationArn": {"Fn::GetAtt": [log, "Arn"]},
                "Format": log_format(),
            },
        },
    }


def route_key(route: RoutePlan) -> str:
    """Return what API Gateway knows a route by."""
    return f"{route.method} {route.path}"


def throttle_in_stage(api: aws_apigatewayv2.HttpApi, route: RoutePlan, made: aws_apigatewayv2.CfnRoute) -> None:
    """Give a route of a shared API limits of its own; a stage can name a route only after it is there."""
    from aws_cdk import aws_apigatewayv2

    shared = api.node.find_child(STAGE)
    if not isinstance(shared, aws_apigatewayv2.CfnStage):
        raise TypeError(f"{shared.node.path} is no stage")
    limits = {"ThrottlingRateLimit": route.throttle_rate, "ThrottlingBurstLimit": route.throttle_burst}
    shared.add_property_override(
        f"RouteSettings.{route_key(route).replace('.', chr(92) + '.')}", {**limits, "DetailedMetricsEnabled": True}
    )
    shared.add_resource_dependency(made)


def _make_api(scope: Any, id: str, route: RoutePlan, cors: Cors | None) -> aws_apigatewayv2.HttpApi:
    from aws_cdk import aws_apigatewayv2

    api = aws_apigatewayv2.HttpApi(scope, id, api_name=route.api_name, create_default_stage=False)
    allow_cors(api, route, cors)
    return api


def allow_cors(api: aws_apigatewayv2.HttpApi, route: RoutePlan, cors: Cors | None) -> None:
    """Let pages of the declared web sites call; the gateway answers their preflights by itself."""
    from aws_cdk import CfnResource

    leaf = api.node.default_child
    if cors is None or not isinstance(leaf, CfnResource):
        return
    leaf.add_property_override(
        "CorsConfiguration",
        {
            "AllowOrigins": list(cors.origins),
            "AllowHeaders": list(cors.allowed_headers(*(("iam", "jwt") if route.shared else (route.auth,)))),
            "AllowMethods": list(METHODS) if route.shared else [route.method],
            "MaxAge": int(cors.max_age.total_seconds()),
        },
    )


def _shared_api(site: Site, route: RoutePlan, cors: Cors | None) -> aws_apigatewayv2.HttpApi:
    from aws_cdk import Stack, aws_apigatewayv2

    stack, id = Stack.of(site.scope), shared_api_id(route.api_name)
    known = stack.node.try_find_child(id)
    if isinstance(known, aws_apigatewayv2.HttpApi):
        allow_cors(known, route, cors)
        return known
    api = _make_api(stack, id, route, cors)
    _add_shared_stage(api, route, log_retention(site))
    return api


def _add_shared_stage(api: aws_apigatewayv2.HttpApi, route: RoutePlan, retention_days: int) -> None:
    from aws_cdk import CfnDeletionPolicy, aws_apigatewayv2, aws_logs

    log = aws_logs.CfnLogGroup(
        api, "Log", log_group_name=access_log_group(route.api_name), retention_in_days=retention_days
    )
    log.cfn_options.deletion_policy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE
    log.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
    aws_apigatewayv2.CfnStage(
        api,
        STAGE,
        api_id=api.api_id,
        stage_name="$default",
        auto_deploy=True,
        access_log_settings=aws_apigatewayv2.CfnStage.AccessLogSettingsProperty(
            destination_arn=log.attr_arn, format=log_format()
        ),
        default_route_settings=aws_apigatewayv2.CfnStage.RouteSettingsProperty(
            throttling_rate_limit=route.throttle_rate,
            throttling_burst_limit=route.throttle_burst,
            detailed_metrics_enabled=True,
        ),
    )
