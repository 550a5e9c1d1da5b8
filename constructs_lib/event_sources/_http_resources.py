"""The resources of an HTTP route: API, stage, access log, integration, route, and the right to call what follows."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from functions.contract.door import ACCESS_REQUEST_ID, STATUS, access_log_group
from functions.contract.message import CORRELATION_ID, RECEIVED_AT, REQUEST_ID, SOURCE_IP

if TYPE_CHECKING:
    from constructs_lib.model.kinds import Site
    from constructs_lib.model.plan import RoutePlan

Resource = dict[str, Any]

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_ACCEPTED = {"200": {"ResponseParameters": [{"Source": "202", "Destination": "overwrite:statuscode"}]}}
"""The queue has taken the request and nothing has happened yet: 202, not 200."""
_ACCESS_LOG = {
    ACCESS_REQUEST_ID: "$context.requestId",
    "requestTime": "$context.requestTime",
    "sourceIp": "$context.identity.sourceIp",
    "routeKey": "$context.routeKey",
    STATUS: "$context.status",
    "responseLength": "$context.responseLength",
    "error": "$context.error.message",
    "integrationError": "$context.integrationErrorMessage",
}
"""What is written of a request: no header, no body, no path parameter."""


def add_api(site: Site, route: RoutePlan) -> None:
    """Make an API with one route."""
    from aws_cdk import aws_apigatewayv2

    api = aws_apigatewayv2.HttpApi(site.scope, "Api", api_name=route.api_name, create_default_stage=False)
    api_id = site.reference(api.api_id)
    log = site.add_resource("ApiLog", access_log(route, _log_retention(site)))
    site.add_resource("ApiStage", stage(api_id, log, route))
    if route.function is not None:
        alias = site.reference(site.function(route.function).function_arn)
        integration = site.add_resource("Integration", function_integration(api_id, alias))
        site.add_resource("InvokePermission", invoke_permission(api_id, alias, route))
    else:
        queue = site.queue(route.queue or "")
        role = site.add_resource("IntegrationRole", sending_role(site.reference(queue.queue_arn), route))
        url = site.reference(queue.queue_url)
        integration = site.add_resource("Integration", queue_integration(api_id, role, url))
    site.add_resource("Route", route_to(api_id, integration, route))


def _log_retention(site: Site) -> int:
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
                "Format": json.dumps(_ACCESS_LOG, separators=(",", ":")),
            },
        },
    }


def function_integration(api_id: Resource, alias_arn: Resource) -> Resource:
    """Return the integration that hands the whole request to a function."""
    return {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "ApiId": api_id,
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": alias_arn,
            "PayloadFormatVersion": "2.0",
        },
    }


def invoke_permission(api_id: Resource, alias_arn: Resource, route: RoutePlan) -> Resource:
    """Return the right of this route of this API, and of no other, to call the function."""
    path = _PARAMETER.sub("*", route.path)
    arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/" + f"{route.method}{path}"
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": alias_arn,
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {"Fn::Sub": [arn, {"Api": api_id}]},
        },
    }


def sending_role(queue_arn: Resource, route: RoutePlan) -> Resource:
    """Return the role of the gateway: it may send to the pipeline's queue and do nothing else."""
    send = {"Sid": "Enqueue", "Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [queue_arn]}
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Description": f"Lets {route.api_name} queue requests.",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [
                {"PolicyName": "Plan", "PolicyDocument": {"Version": "2012-10-17", "Statement": [send]}},
            ],
        },
    }


def queue_integration(api_id: Resource, role: str, queue_url: Resource) -> Resource:
    """Return the integration that sends the request's body to the queue, with what identifies the request beside it."""
    return {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "ApiId": api_id,
            "IntegrationType": "AWS_PROXY",
            "IntegrationSubtype": "SQS-SendMessage",
            "PayloadFormatVersion": "1.0",
            "CredentialsArn": {"Fn::GetAtt": [role, "Arn"]},
            "RequestParameters": {
                "QueueUrl": queue_url,
                "MessageBody": "$request.body",
                "MessageAttributes": json.dumps(message_attributes(), separators=(",", ":")),
            },
            "ResponseParameters": _ACCEPTED,
        },
    }


def message_attributes() -> dict[str, dict[str, str]]:
    """Return the message attributes as mapping expressions, none of which holds a text of the caller.

    A caller's own correlation header may be absent, and SQS refuses empty attributes: the request id stands for it.
    """
    values = {
        REQUEST_ID: "${context.requestId}",
        CORRELATION_ID: "${context.requestId}",
        RECEIVED_AT: "${context.requestTimeEpoch}",
        SOURCE_IP: "${context.identity.sourceIp}",
    }
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}


def route_to(api_id: Resource, integration: str, route: RoutePlan) -> Resource:
    """Return the route; a signed webhook is open to the gateway, because its function does the checking."""
    return {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {
            "ApiId": api_id,
            "RouteKey": f"{route.method} {route.path}",
            "AuthorizationType": "AWS_IAM" if route.auth == "iam" else "NONE",
            "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]},
        },
    }
