"""Routes that end at a queue without a function: the emulator answers 502, so the proxy sends the message.

Whether a caller may use the route has been decided by then: the emulator checks a token, or the signature and
``execute-api:Invoke`` of an ``AWS_IAM`` route, before it fails at the integration. The message is sent under the
integration's own role, as API Gateway would, so a missing ``sqs:SendMessage`` grant shows here too.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from constructs_lib.local.token_issuer import claims_of
from constructs_lib.local.upstream import Answer

if TYPE_CHECKING:
    from constructs_lib.local.assembly import Assembly
    from constructs_lib.local.aws import LocalAws
    from constructs_lib.local.proxy import Request
    from constructs_lib.local.stack_artifact import StackArtifact

_MAPPING = re.compile(
    r"\$\{?(request\.(?:body(?:\.[A-Za-z0-9_.]+)?|header\.[A-Za-z0-9-]+|path\.[A-Za-z0-9_]+)|context\.[A-Za-z._]+)\}?"
)
_PARAMETER = re.compile(r"\\\{([^/{}]+)\\\}")
_INTEGRATION = "AWS::ApiGatewayV2::Integration"
_SEND_MESSAGE = "SQS-SendMessage"
_NOT_FOUND = 502
_ORDER = ("MessageGroupId", "MessageDeduplicationId")
"""What only a FIFO queue is told."""


@dataclass(frozen=True)
class QueueRoute:
    """One deployed route with an ``SQS-SendMessage`` integration."""

    api_id: str
    method: str
    pattern: re.Pattern[str]
    parameters: Mapping[str, str]
    role: str
    accepted: int

    def path_values(self, request: Request) -> dict[str, str] | None:
        """Return the path parameters when the request is for this route, else None."""
        host = request.headers.get("Host", "")
        found = self.pattern.fullmatch(urlsplit(request.target).path)
        if not host.startswith(f"{self.api_id}.execute-api.") or request.method != self.method or found is None:
            return None
        return found.groupdict()


class QueueRoutes:
    """The routes to queues of a deployment; ``answer`` is what the proxy asks when the emulator could not."""

    def __init__(self, aws: LocalAws, assembly: Assembly) -> None:
        """Read the routes of an assembly that is deployed."""
        self._aws = aws
        self._routes = tuple(route for stack in assembly.stacks() for route in _deployed(aws, stack))

    def answer(self, request: Request, emulated: Answer) -> Answer | None:
        """Send the request's message and return the answer, or None when the emulator's answer stands."""
        if emulated.status != _NOT_FOUND:
            return None
        for route in self._routes:
            if (values := route.path_values(request)) is not None:
                sent = self._send(route, request, values)
                return replace(sent, headers=(*sent.headers, *_for_browsers(emulated)))
        return None

    def _send(self, route: QueueRoute, request: Request, values: dict[str, str]) -> Answer:
        known = _mapped(request, values)
        texts = {name: _MAPPING.sub(lambda found: known(found[1]), text) for name, text in route.parameters.items()}
        message: dict[str, Any] = {"QueueUrl": texts["QueueUrl"], "MessageBody": texts["MessageBody"]}
        if "MessageAttributes" in texts:
            attributes = json.loads(route.parameters["MessageAttributes"])
            message["MessageAttributes"] = _filled(attributes, known)
        message |= {name: texts[name] for name in _ORDER if name in texts}
        try:
            sent = self._aws.client_in_role("sqs", route.role).send_message(**message)
        except ClientError as error:
            return _json(error.response["ResponseMetadata"]["HTTPStatusCode"], {"message": str(error)})
        return _json(route.accepted, {"SendMessageResponse": {"SendMessageResult": {"MessageId": sent["MessageId"]}}})


def _deployed(aws: LocalAws, stack: StackArtifact) -> Iterator[QueueRoute]:
    """Yield the routes to queues of one stack; the emulator keeps neither subtype nor role of an integration."""
    resources: dict[str, Any] = json.loads(stack.template.read_text())["Resources"]
    found = {name: one["Properties"] for name, one in resources.items() if one["Type"] == _INTEGRATION}
    wanted = {name: one for name, one in found.items() if one.get("IntegrationSubtype") == _SEND_MESSAGE}
    if not wanted:
        return
    formation, gateway = aws.client("cloudformation"), aws.client("apigatewayv2")
    listed = formation.describe_stack_resources(StackName=stack.name)["StackResources"]
    physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed}
    for name, template in wanted.items():
        api_id = physical[template["ApiId"]["Ref"]]
        deployed = gateway.get_integration(ApiId=api_id, IntegrationId=physical[name])
        role = aws.client("iam").get_role(RoleName=physical[template["CredentialsArn"]["Fn::GetAtt"][0]])["Role"]["Arn"]
        for route in gateway.get_routes(ApiId=api_id)["Items"]:
            if route["Target"].rpartition("/")[2] == physical[name]:
                method, _, path = route["RouteKey"].partition(" ")
                pattern = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", re.escape(path)))
                yield QueueRoute(api_id, method, pattern, deployed["RequestParameters"], role, _status(template))


def _status(integration: Mapping[str, Any]) -> int:
    """Return the status that callers get when the queue has answered 200."""
    changes = integration.get("ResponseParameters", {}).get("200", {}).get("ResponseParameters", [])
    return next((int(one["Source"]) for one in changes if one["Destination"] == "overwrite:statuscode"), 200)


def _mapped(request: Request, values: dict[str, str]) -> Callable[[str], str]:
    """Return what stands for API Gateway's mapping expressions in one request."""
    context = {
        "context.requestId": str(uuid.uuid4()),
        "context.identity.sourceIp": "127.0.0.1",
        "context.requestTime": datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "context.requestTimeEpoch": str(int(datetime.now(UTC).timestamp() * 1000)),
        "context.httpMethod": request.method,
        **_claims(request),
    }

    def value(expression: str) -> str:
        kind, _, name = expression.partition(".")
        place, _, field = name.partition(".")
        if kind == "context":
            return context.get(expression, "")
        if place == "body":
            return _in_body(request.body.decode(), field) if field else request.body.decode()
        return values.get(field, "") if place == "path" else request.headers.get(field, "")

    return value


def _claims(request: Request) -> dict[str, str]:
    """Return the claims of the token that the emulator has let pass."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    claims = claims_of(token) if kind.lower() == "bearer" else {}
    return {f"context.authorizer.claims.{name}": str(value) for name, value in claims.items()}


def _for_browsers(emulated: Answer) -> Iterator[tuple[str, str]]:
    """Yield the headers of cross-origin requests, which the emulator adds to every answer as API Gateway does."""
    yield from ((name, value) for name, value in emulated.headers if name.lower().startswith("access-control-"))


def _in_body(body: str, path: str) -> str:
    """Return the text of one field of a JSON body; empty where there is none, which SQS refuses."""
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return "" if found is None or isinstance(found, (dict, list)) else str(found)


def _filled(node: Any, known: Callable[[str], str]) -> Any:
    if isinstance(node, dict):
        return {name: _filled(value, known) for name, value in node.items()}
    return _MAPPING.sub(lambda found: known(found[1]), node) if isinstance(node, str) else node


def _json(status: int, body: dict[str, Any]) -> Answer:
    return Answer(status, (("Content-Type", "application/json"),), json.dumps(body).encode())
