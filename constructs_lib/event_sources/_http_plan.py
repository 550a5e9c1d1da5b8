"""What a route brings to the plan beside itself: resources by name, and what a request costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.event_sources._http_auth import ApiKey, Hmac, Jwt
from constructs_lib.event_sources._request_taker import front_costs
from constructs_lib.event_sources._webhook_verifier import verifier_costs
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.resources import ResourcePlan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.event_sources._http_auth import Iam, NoAuth
    from constructs_lib.event_sources.http import HttpSource
    from constructs_lib.model.kinds import PlanContext

USER_POOL = "user_pool"
USER_POOL_CLIENT = "user_pool_client"
REST_API = "rest_api"
REST_STAGE = "rest_stage"
USAGE_PLAN = "usage_plan"
PREFLIGHT = "preflight"
LOG_ROLE = "gateway_log_role"
REQUESTS_PER_USER = 1000
"""Requests a month of one user of a pool that the price assumes."""


def key_id(client: str) -> str:
    """Return the id in the plan of a client's key."""
    return f"key_{client.replace('-', '_')}"


def resources(source: HttpSource, context: PlanContext) -> Iterator[ResourcePlan]:
    """Yield what the route makes; the user pool of a shared API belongs to the API."""
    auth = source.auth
    if isinstance(auth, Jwt) and auth.user_pool:
        prefix, shared, place = f"{source.api or context.pipeline}-{context.stage}", bool(source.api), "source.auth"
        for id, kind, name in (
            (USER_POOL, "AWS::Cognito::UserPool", f"{prefix}-users"),
            (USER_POOL_CLIENT, "AWS::Cognito::UserPoolClient", f"{prefix}-client"),
        ):
            yield ResourcePlan(id=id, type=kind, name=name, existing=shared, needed_by=place)
    if isinstance(auth, ApiKey):
        api = context.name("api")
        yield ResourcePlan(id=REST_API, type="AWS::ApiGateway::RestApi", name=api, needed_by="source")
        yield ResourcePlan(id=REST_STAGE, type="AWS::ApiGateway::Stage", name=context.stage, needed_by="source")
        yield ResourcePlan(id=LOG_ROLE, type="AWS::IAM::Role", name=f"logs of {api}", needed_by="source")
        if source.cors is not None:
            name = f"OPTIONS {source.path}"
            yield ResourcePlan(id=PREFLIGHT, type="AWS::ApiGateway::Method", name=name, needed_by="source.cors")
        yield ResourcePlan(id=USAGE_PLAN, type="AWS::ApiGateway::UsagePlan", name=api, needed_by="source.throttle")
        for client in auth.clients:
            name = context.name(f"key-{client}")
            yield ResourcePlan(
                id=key_id(client), type="AWS::ApiGateway::ApiKey", name=name, needed_by="source.auth.clients"
            )


def request_costs(auth: Hmac | Iam | Jwt | ApiKey | NoAuth, *, large_bodies: bool) -> Iterator[CostDriver]:
    """Yield what one request costs at the gateway, and what checking it costs."""
    meter = "rest-request" if isinstance(auth, ApiKey) else "http-request"
    yield CostDriver(meter=meter, quantity_per_event=1, needed_by="source")
    if isinstance(auth, Hmac):
        yield from verifier_costs()
    elif large_bodies:
        yield from front_costs("source.large_bodies")
    if isinstance(auth, Jwt) and auth.user_pool:
        yield CostDriver(meter="user-month", quantity_per_event=1 / REQUESTS_PER_USER, needed_by="source.auth")
