"""What a route brings to the plan beside itself: resources by name, and what a request costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.event_sources._http.auth import ApiKey, Hmac, Jwt
from constructs_lib.event_sources._http.front import front_costs
from constructs_lib.event_sources._http.verifier import verifier_costs
from constructs_lib.model.names import client_key_id
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.resources import ResourcePlan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.event_sources._http.auth import Auth
    from constructs_lib.model.plan_context import PlanContext

USER_POOL = "user_pool"
USER_POOL_CLIENT = "user_pool_client"
REST_API = "rest_api"
REST_STAGE = "rest_stage"
USAGE_PLAN = "usage_plan"
PREFLIGHT = "preflight"
LOG_ROLE = "gateway_log_role"
REQUESTS_PER_USER = 1000
"""Requests a month of one user of a pool that the price assumes."""


def resources(
    auth: Auth, context: PlanContext, *, shared_api: str | None, preflight_of: str | None
) -> Iterator[ResourcePlan]:
    """Yield what the route makes beside itself; the user pool of a shared API belongs to the API.

    ``preflight_of`` is the path for which browsers are answered, if they are.
    """
    if isinstance(auth, Jwt) and auth.user_pool:
        prefix, shared, place = f"{shared_api or context.pipeline}-{context.stage}", bool(shared_api), "source.auth"
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
        if preflight_of is not None:
            name = f"OPTIONS {preflight_of}"
            yield ResourcePlan(id=PREFLIGHT, type="AWS::ApiGateway::Method", name=name, needed_by="source.cors")
        yield ResourcePlan(id=USAGE_PLAN, type="AWS::ApiGateway::UsagePlan", name=api, needed_by="source.throttle")
        for client in auth.clients:
            name = context.name(f"key-{client}")
            yield ResourcePlan(
                id=client_key_id(client), type="AWS::ApiGateway::ApiKey", name=name, needed_by="source.auth.clients"
            )


def request_costs(auth: Auth, *, large_bodies: bool) -> Iterator[CostDriver]:
    """Yield what one request costs at the gateway, and what checking it costs."""
    meter = "rest-request" if isinstance(auth, ApiKey) else "http-request"
    yield CostDriver(meter=meter, quantity_per_event=1, needed_by="source")
    if isinstance(auth, Hmac):
        yield from verifier_costs()
    elif large_bodies:
        yield from front_costs("source.large_bodies")
    if isinstance(auth, Jwt) and auth.user_pool:
        yield CostDriver(meter="user-month", quantity_per_event=1 / REQUESTS_PER_USER, needed_by="source.auth")
