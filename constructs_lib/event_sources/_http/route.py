"""The resources of a route of an HTTP API: integration, authorizer, route, and the right to call what follows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.event_sources._http.api import api_for, route_key, throttle_in_stage
from constructs_lib.event_sources._http.auth import Jwt
from constructs_lib.event_sources._http.path import with_each_parameter
from functions.contract.message import CLAIM_PREFIX, CORRELATION_ID, RECEIVED_AT, REQUEST_ID, SOURCE_IP

if TYPE_CHECKING:
    from aws_cdk import aws_apigatewayv2

    from constructs_lib.event_sources._http.auth import Auth
    from constructs_lib.event_sources._http.cors import Cors
    from constructs_lib.model.intake import RoutePlan
    from constructs_lib.model.site import Site

Resource = dict[str, Any]

_ACCEPTED = {"200": {"ResponseParameters": [{"Source": "202", "Destination": "overwrite:statuscode"}]}}
"""The queue has taken the request and nothing has happened yet: 202, not 200."""
_AUTHORIZATION = {"iam": "AWS_IAM", "jwt": "JWT"}


def add_route(site: Site, route: RoutePlan, auth: Auth, cors: Cors | None) -> None:
    """Make the route, and its API where no other route of the stack has made it."""
    api = api_for(site, route, cors)
    api_id = site.reference(api.api_id)
    integration = _add_integration(site, api_id, route, auth)
    authorizer = _add_authorizer(site, api, route, auth)
    if route.shared:
        _add_shared_route(site, api, integration, route, authorizer)
    else:
        site.add_resource("Route", route_to(api_id, integration, route, _reference(site, authorizer)))


def _add_integration(site: Site, api_id: Resource, route: RoutePlan, auth: Auth) -> str:
    if route.function is not None:
        alias = site.reference(site.function(route.function).function_arn)
        site.add_resource("InvokePermission", invoke_permission(api_id, alias, route))
        return site.add_resource("Integration", function_integration(api_id, alias))
    queue = site.queue(route.queue or "")
    role = site.add_resource("IntegrationRole", sending_role(site.reference(queue.queue_arn), route))
    claims = auth.claims if isinstance(auth, Jwt) else ()
    url = site.reference(queue.queue_url)
    return site.add_resource("Integration", queue_integration(api_id, role, url, claims, route.group_key))


def _add_authorizer(site: Site, api: aws_apigatewayv2.HttpApi, route: RoutePlan, auth: Auth) -> str | None:
    if not isinstance(auth, Jwt):
        return None
    from constructs_lib.event_sources._http.tokens import authorizer_for

    return authorizer_for(site, api, route, auth)


def _add_shared_route(
    site: Site, api: aws_apigatewayv2.HttpApi, integration: str, route: RoutePlan, authorizer: str | None
) -> None:
    from aws_cdk import Fn, aws_apigatewayv2

    made = aws_apigatewayv2.CfnRoute(
        site.scope,
        "Route",
        api_id=api.api_id,
        route_key=route_key(route),
        authorization_type=_AUTHORIZATION.get(route.auth, "NONE"),
        authorizer_id=authorizer,
        authorization_scopes=list(route.scopes) or None,
        target=Fn.join("/", ["integrations", Fn.ref(integration)]),
    )
    throttle_in_stage(api, route, made)


def _reference(site: Site, token: str | None) -> Resource | None:
    return None if token is None else site.reference(token)


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
    path = with_each_parameter(route.path, "*")
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


def queue_integration(
    api_id: Resource, role: str, queue_url: Resource, claims: tuple[str, ...] = (), group_key: str | None = None
) -> Resource:
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
                "MessageAttributes": json.dumps(message_attributes(claims), separators=(",", ":")),
                **(in_order(group_key) if group_key else {}),
            },
            "ResponseParameters": _ACCEPTED,
        },
    }


def in_order(group_key: str) -> dict[str, str]:
    """Return the parameters of a FIFO queue; each is one value, which SQS refuses where it is absent or no group."""
    return {"MessageGroupId": f"$request.{group_key}", "MessageDeduplicationId": "$context.requestId"}


def message_attributes(claims: tuple[str, ...] = ()) -> dict[str, dict[str, str]]:
    """Return the message attributes as mapping expressions, none of which holds a text of the caller.

    A caller's own correlation header may be absent, and SQS refuses empty attributes: the request id stands for it.
    Claims are the issuer's words. They come first: what JSON says twice counts as it is said last, so that even an
    issuer who signed a quote could not change what the gateway itself says.
    """
    values = {
        **{f"{CLAIM_PREFIX}{name}": f"${{context.authorizer.claims.{name}}}" for name in claims},
        REQUEST_ID: "${context.requestId}",
        CORRELATION_ID: "${context.requestId}",
        RECEIVED_AT: "${context.requestTimeEpoch}",
        SOURCE_IP: "${context.identity.sourceIp}",
    }
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}


def route_to(api_id: Resource, integration: str, route: RoutePlan, authorizer: Resource | None = None) -> Resource:
    """Return the route; a signed webhook is open to the gateway, because its function does the checking."""
    return {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {
            "ApiId": api_id,
            "RouteKey": route_key(route),
            "AuthorizationType": _AUTHORIZATION.get(route.auth, "NONE"),
            **({"AuthorizerId": authorizer} if authorizer else {}),
            **({"AuthorizationScopes": list(route.scopes)} if route.scopes else {}),
            "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]},
        },
    }
