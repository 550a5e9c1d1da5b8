"""What a REST API makes of a request and of its answer: mapping templates and the headers that browsers ask for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.event_sources._http.path import parameters_of
from functions.contract.message import CORRELATION_ID, PATH_PREFIX, RECEIVED_AT, REQUEST_ID, SOURCE_IP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.event_sources._http.cors import Cors
    from constructs_lib.model.intake import RoutePlan

Resource = dict[str, Any]

LONGEST_MILLISECONDS = 29_000
"""How long a REST API waits for a function (Amazon API Gateway quotas)."""
CORS_HEADERS = (
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Max-Age",
)
_ANSWERS = {
    "202": ("", '{"status":"accepted","request_id":"$context.requestId"}'),
    "400": (
        "400|413",
        '{"error":{"code":"not-queued","message":"empty, too large, or with characters that a queue does not take"}}',
    ),
    "503": (
        r"40[1-9]|429|5\d{2}",
        '{"error":{"code":"temporarily-unavailable","message":"the request was not accepted; send it again"}}',
    ),
}
"""Answers by status: which statuses of the queue they stand for, and what callers read; nothing of SQS's own words."""


def compact(value: Mapping[str, Any]) -> str:
    """Return JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


def part_name(id: str) -> str:
    """Return the name of a resource by its id in the plan."""
    return "".join(part[:1].upper() + part[1:] for part in id.split("_"))


def attributes(path: str) -> dict[str, str]:
    """Return the message attributes as expressions; a path parameter is encoded, so it stays one value."""
    return {
        REQUEST_ID: "$context.requestId",
        CORRELATION_ID: "$context.requestId",
        RECEIVED_AT: "$context.requestTimeEpoch",
        SOURCE_IP: "$context.identity.sourceIp",
        **{f"{PATH_PREFIX}{name}": f"$util.urlEncode($input.params('{name}'))" for name in parameters_of(path)},
    }


def message_template(path: str, group_key: str | None = None) -> str:
    """Return the mapping template that makes a request one SendMessage call."""
    parts = ["Action=SendMessage", "Version=2012-11-05", "MessageBody=$util.urlEncode($input.body)"]
    if group_key is not None:
        place, _, name = group_key.partition(".")
        found = f"$input.params('{name}')" if place == "path" else f"$input.path('$.{name}')"
        parts += [f"MessageGroupId=$util.urlEncode({found})", "MessageDeduplicationId=$context.requestId"]
    for number, (name, value) in enumerate(attributes(path).items(), 1):
        attribute = f"MessageAttribute.{number}"
        parts += [
            f"{attribute}.Name={name}",
            f"{attribute}.Value.DataType=String",
            f"{attribute}.Value.StringValue={value}",
        ]
    return "&".join(parts)


def queue_integration(queue_name: Resource, role: str, route: RoutePlan, cors: Cors | None) -> Resource:
    """Return the integration that sends the request's body to the queue; a body that is no JSON by type is refused."""
    uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Queue}"
    return {
        "Type": "AWS",
        "IntegrationHttpMethod": "POST",
        "Uri": {"Fn::Sub": [uri, {"Queue": queue_name}]},
        "Credentials": {"Fn::GetAtt": [role, "Arn"]},
        "PassthroughBehavior": "NEVER",
        "RequestParameters": {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
        "RequestTemplates": {"application/json": message_template(route.path, route.group_key)},
        "IntegrationResponses": [_answer(status, cors) for status in _ANSWERS],
    }


def _answer(status: str, cors: Cors | None) -> Resource:
    pattern, body = _ANSWERS[status]
    headers = {f"method.response.header.{CORS_HEADERS[0]}": f"'{cors.origins[0]}'"} if cors else {}
    return {
        "StatusCode": status,
        **({"SelectionPattern": pattern} if pattern else {}),
        **({"ResponseParameters": headers} if headers else {}),
        "ResponseTemplates": {"application/json": body},
    }


def function_integration(alias_arn: Resource) -> Resource:
    """Return the integration that hands the whole request to a function (payload format 1.0)."""
    uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function}/invocations"
    return {
        "Type": "AWS_PROXY",
        "IntegrationHttpMethod": "POST",
        "Uri": {"Fn::Sub": [uri, {"Function": alias_arn}]},
        "TimeoutInMillis": LONGEST_MILLISECONDS,
    }


def preflight(cors: Cors, route: RoutePlan) -> Resource:
    """Return the integration that answers a browser's question by itself; a preflight brings no key."""
    values = (
        cors.origins[0],
        ",".join(cors.allowed_headers(route.auth)),
        route.method,
        str(int(cors.max_age.total_seconds())),
    )
    headers = {f"method.response.header.{name}": f"'{value}'" for name, value in zip(CORS_HEADERS, values, strict=True)}
    return {
        "Type": "MOCK",
        "PassthroughBehavior": "NEVER",
        "RequestTemplates": {"application/json": '{"statusCode":204}'},
        "IntegrationResponses": [{"StatusCode": "204", "ResponseParameters": headers}],
    }
