"""What the emulator's HTTP APIs are told once more after a deployment: its CloudFormation passes it on wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.local.assembly import Assembly
    from constructs_lib.local.aws import LocalAws

_API = "AWS::ApiGatewayV2::Api"


def tell_cors(aws: LocalAws, assembly: Assembly) -> None:
    """Set the CORS configuration of every HTTP API by API Gateway's own call; CloudFormation's words are not read."""
    wanted = dict(_configured(assembly))
    if not wanted:
        return
    gateway = aws.client("apigatewayv2")
    for api in gateway.get_apis()["Items"]:
        if api["Name"] in wanted:
            gateway.update_api(ApiId=api["ApiId"], CorsConfiguration=wanted[api["Name"]])


def _configured(assembly: Assembly) -> list[tuple[str, dict[str, Any]]]:
    resources = [
        resource["Properties"]
        for stack in assembly.stacks()
        for resource in json.loads(stack.template.read_text())["Resources"].values()
        if resource["Type"] == _API
    ]
    return [(api["Name"], api["CorsConfiguration"]) for api in resources if "CorsConfiguration" in api]
