"""The http source: a route whose requests are queued and answered with 202, or answered by the handler itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from constructs_lib.event_sources._http.auth import ApiKey, Auth, Hmac, Iam, Jwt, NoAuth, Quota
from constructs_lib.event_sources._http.checks import (
    check_api,
    check_cors,
    check_large_bodies,
    check_limit,
    check_method,
    check_parameters,
    check_response,
    check_rest_path,
    check_signature,
)
from constructs_lib.event_sources._http.cors import Cors
from constructs_lib.event_sources._http.front import fetch_grant
from constructs_lib.event_sources._http.path import check_path, parameters_of
from constructs_lib.event_sources._http.plan import request_costs, resources
from constructs_lib.event_sources._http.response import Response
from constructs_lib.event_sources._http.sharing import clash
from constructs_lib.event_sources._http.taker import taker
from constructs_lib.event_sources._http.throttle import Throttle
from constructs_lib.event_sources._http.verifier import verifier
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.event_source import Delivery, EventSource, Grouping
from constructs_lib.model.intake import RoutePlan
from constructs_lib.model.units import Size
from functions.contract.message import CLAIM_PREFIX, PATH_PREFIX

if TYPE_CHECKING:
    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

__all__ = ["ApiKey", "Cors", "Hmac", "HttpSource", "Iam", "Jwt", "NoAuth", "Quota", "Response", "Throttle"]

READ = "GET"
"""The method that changes nothing."""
BUFFER = "buffer"
"""Id of the queue that requests go to."""
LONGEST_WAIT = timedelta(seconds=29)
"""How long a synchronous request may take; API Gateway itself gives up after 30 s (HTTP API quotas)."""
ApiName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=2, max_length=32)]


class HttpSource(EventSource):
    """Requests of one route; ``hmac`` puts a small verifying function in front of the queue."""

    type: Literal["http"] = "http"
    mode: Literal["async", "sync"] = "async"
    """``async`` queues a request and answers 202; ``sync`` answers with what the handler returns, without a queue."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    """HTTP method of the route; GET and DELETE with ``mode: sync`` alone."""
    path: Annotated[str, Field(max_length=200)]
    """Path of the route, with parameters in braces: ``/shops/{shop_id}/orders``."""
    auth: Auth
    """Who may send; there is no default."""
    throttle: Throttle = Throttle()
    """How many requests are taken."""
    cors: Cors | None = None
    """Which web sites may call the route from a browser; none when absent."""
    api: ApiName | None = None
    """Name of an API that pipelines of one stack have routes of; the pipeline has one of its own when absent."""
    large_bodies: bool = False
    """Let a function in front keep a body above 1 MiB, which no message holds, as an object that the message names."""
    max_body: Size | None = None
    """Largest body that the function in front takes; a larger one is answered 413."""

    response: Response | None = None
    """What an answer must look like, with ``mode: sync``; one that is not so is never sent."""

    @field_validator("method")
    @classmethod
    def _what_has_no_body_is_answered(cls, method: str, info: ValidationInfo) -> str:
        return check_method(method, info.data)

    @field_validator("path")
    @classmethod
    def _path_has_usable_parameters(cls, path: str) -> str:
        return check_path(path)

    @field_validator("auth")
    @classmethod
    def _auth_fits_path_and_mode(cls, auth: Any, info: ValidationInfo) -> Any:
        check_parameters(auth, info.data)
        check_signature(auth, info.data)
        check_rest_path(auth, info.data)
        return auth

    @field_validator("cors")
    @classmethod
    def _browsers_have_what_callers_need(cls, cors: Cors | None, info: ValidationInfo) -> Cors | None:
        if cors is not None:
            check_cors(cors, info.data)
        return cors

    @field_validator("api")
    @classmethod
    def _a_shared_api_is_an_http_api(cls, api: str | None, info: ValidationInfo) -> str | None:
        if api is not None:
            check_api(info.data)
        return api

    @field_validator("large_bodies")
    @classmethod
    def _a_function_keeps_the_body(cls, large_bodies: bool, info: ValidationInfo) -> bool:
        if large_bodies:
            check_large_bodies(info.data)
        return large_bodies

    @field_validator("max_body")
    @classmethod
    def _a_function_sees_the_body(cls, max_body: int | None, info: ValidationInfo) -> int | None:
        if max_body is not None:
            check_limit(max_body, info.data)
        return max_body

    @field_validator("response")
    @classmethod
    def _an_answer_has_a_form(cls, response: Response | None, info: ValidationInfo) -> Response | None:
        if response is not None:
            check_response(info.data)
        return response

    def record_fields(self) -> tuple[str, ...]:
        """Return one field for each path parameter and claim; a synchronous request has query and headers too."""
        path = tuple(f"{PATH_PREFIX}{name}" for name in parameters_of(self.path))
        claims = self.auth.claims if isinstance(self.auth, Jwt) else ()
        if self.mode == "async":
            return (*path, *(f"{CLAIM_PREFIX}{name}" for name in claims))
        return (*path, "query.*", "headers.*", *((f"{CLAIM_PREFIX}*",) if claims else ()))

    def grouping(self) -> Grouping:
        """Return that a queued request gets its group by a field of its own."""
        return "key" if self.mode == "async" else "none"

    def delivery(self) -> Delivery:
        """Return whether requests are queued, or answered by the runner."""
        return "queue" if self.mode == "async" else "answer"

    def options(self, _context: PlanContext) -> dict[str, Any]:
        """Return the largest body where the runner itself takes it, and whether messages may name their bodies."""
        limit = {"max_body": self.max_body} if self.max_body is not None and self.mode == "sync" else {}
        return {**limit, **({"large_bodies": True} if self.large_bodies else {})}

    def reads(self) -> bool:
        """Return whether requests change nothing: GET is safe by the standard (RFC 9110, section 9.2.1)."""
        return self.method == READ

    def natural_key(self) -> tuple[str, ...] | None:
        """Return the request's id where each request is a run of its own."""
        return ("request_id",) if self.reads() else None

    def response_schema(self) -> str | None:
        """Return the file with the schema of a good answer."""
        return self.response.schema_ if self.response else None

    def longest_run(self) -> timedelta | None:
        """Return how long the gateway waits for the handler."""
        return None if self.mode == "async" else LONGEST_WAIT

    def shares(self) -> str | None:
        """Return the name of the API that other pipelines have routes of."""
        return self.api

    def clash(self, other: EventSource) -> tuple[str, str, str, str] | None:
        """Return what is wrong where two routes of one API are the same, or browsers would be told two things."""
        return clash(self, other) if isinstance(other, HttpSource) else None

    def contribute(self, context: PlanContext) -> Contribution:
        """Return the route, and for ``hmac`` the verifying function in front of the queue."""
        in_front = tuple(self._in_front(context))
        front = in_front[0].id if in_front else context.runner if self.mode == "sync" else None
        return Contribution(
            functions=in_front,
            runner_grants=(fetch_grant(context),) if self.large_bodies else (),
            routes=(self._route(context, front),),
            cost_drivers=tuple(request_costs(self.auth, large_bodies=self.large_bodies)),
            resources=tuple(
                resources(self.auth, context, shared_api=self.api, preflight_of=self.path if self.cors else None)
            ),
        )

    def _in_front(self, context: PlanContext) -> Iterator[FunctionPlan]:
        """A gateway's authorizer sees no body, and SQS no more than a message holds: functions do."""
        if isinstance(self.auth, Hmac):
            yield verifier(self.auth, context, self.max_body, large_bodies=self.large_bodies)
        elif self.large_bodies:
            yield taker(context, self.max_body or 0, self.auth.claims if isinstance(self.auth, Jwt) else ())

    def bind(self, site: Site) -> None:
        """Make the API with its stage, its access log, and the route to the function or the queue."""
        from constructs_lib.event_sources._http.rest_api import add_rest_api
        from constructs_lib.event_sources._http.route import add_route

        for route in site.plan.routes:
            if isinstance(self.auth, ApiKey):
                add_rest_api(site, route, self.auth, self.cors)
            else:
                add_route(site, route, self.auth, self.cors)

    def _route(self, context: PlanContext, front: str | None) -> RoutePlan:
        rest = isinstance(self.auth, ApiKey)
        tokens = self.auth if isinstance(self.auth, Jwt) else None
        return RoutePlan(
            id="route",
            api_name=f"{self.api}-{context.stage}-routes" if self.api else context.name("api"),
            gateway="rest" if rest else "http",
            shared=self.api is not None,
            base_path=f"/{context.stage}" if rest else "",
            method=self.method,
            path=self.path,
            auth=self.auth.type,
            function=front,
            queue=None if front else BUFFER,
            throttle_rate=self.throttle.rate,
            throttle_burst=self.throttle.burst,
            group_key=context.group_key,
            issuer=tokens.issuer if tokens else None,
            audience=tokens.audience if tokens else (),
            scopes=tokens.scopes if tokens else (),
            origins=self.cors.origins if self.cors else (),
        )
