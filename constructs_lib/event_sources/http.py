"""The http source: a route whose requests are queued and answered with 202, or answered by the handler itself."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal, Union

from pydantic import Field, ValidationInfo, field_validator

from constructs_lib.event_sources._http_auth import Hmac, Iam, NoAuth
from constructs_lib.event_sources._webhook_verifier import VERIFY, verifier, verifier_costs
from constructs_lib.model.base import Frozen
from constructs_lib.model.kinds import Contribution, Delivery, EventSource, PlanContext, Site
from constructs_lib.model.plan import CostDriver, RoutePlan
from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import Count
from functions.contract.message import MAX_PATH_PARAMETERS, PATH_PREFIX

__all__ = ["Hmac", "HttpSource", "Iam", "NoAuth", "Throttle"]

BUFFER = "buffer"
"""Id of the queue that requests go to."""
LONGEST_WAIT = timedelta(seconds=29)
"""How long a synchronous request may take; API Gateway itself gives up after 30 s (HTTP API quotas)."""
PARAMETER = re.compile(r"\{([^{}]*)\}")
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+|\{[a-z][a-z0-9_]{0,63}\}")


class Throttle(Frozen):
    """How many requests the route takes before it answers 429."""

    rate: Count = 100
    """Requests a second, steadily."""
    burst: Count = 200
    """Requests at once."""


class HttpSource(EventSource):
    """Requests of one route; ``hmac`` puts a small verifying function in front of the queue."""

    type: Literal["http"] = "http"
    mode: Literal["async", "sync"] = "async"
    """``async`` queues a request and answers 202; ``sync`` answers with what the handler returns, without a queue."""
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    """HTTP method of the route."""
    path: Annotated[str, Field(max_length=200)]
    """Path of the route, with parameters in braces: ``/shops/{shop_id}/orders``."""
    auth: Annotated[Union[Hmac, Iam, NoAuth], Field(discriminator="type")]  # noqa: UP007
    """Who may send; there is no default."""
    throttle: Throttle = Throttle()
    """How many requests are taken."""

    @field_validator("path")
    @classmethod
    def _path_has_usable_parameters(cls, path: str) -> str:
        names = PARAMETER.findall(path)
        if not path.startswith("/") or not all(_SEGMENT.fullmatch(part) for part in path[1:].split("/")):
            raise refusal(
                "path-wrong",
                f"{path!r} cannot be a route",
                "parts of letters, digits and ._~-, or a whole part as {parameter} in lower case",
                "write /shops/{shop_id}/orders",
            )
        if len(names) > MAX_PATH_PARAMETERS or len(set(names)) != len(names):
            raise refusal(
                "path-wrong",
                f"{path!r} has {len(names)} parameters",
                f"at most {MAX_PATH_PARAMETERS}, each once",
                "send the rest in the body",
            )
        return path

    @field_validator("auth")
    @classmethod
    def _a_parameter_is_taken_apart_by_the_verifying_function(
        cls, auth: Hmac | Iam | NoAuth, info: ValidationInfo
    ) -> Hmac | Iam | NoAuth:
        """The gateway writes parameters into the JSON of the attributes; that it escapes quotes is nowhere promised."""
        parameters = PARAMETER.findall(info.data.get("path", ""))
        if parameters and not isinstance(auth, Hmac) and info.data.get("mode") != "sync":
            raise refusal(
                "path-parameter-unsafe",
                f"{auth.type} with {', '.join(f'{{{name}}}' for name in parameters)} in the path: "
                "a caller could write other message attributes with it",
                "a path without parameters, or auth hmac",
                "send it in the body, or use auth hmac",
            )
        return auth

    @field_validator("auth")
    @classmethod
    def _a_signature_is_checked_in_front_of_a_queue(
        cls, auth: Hmac | Iam | NoAuth, info: ValidationInfo
    ) -> Hmac | Iam | NoAuth:
        """The verifying function answers for the gateway, so nobody would wait for the handler's own answer."""
        if info.data.get("mode") == "sync" and isinstance(auth, Hmac):
            raise refusal(
                "signature-needs-queue",
                "mode sync with auth hmac",
                "auth iam or none, or mode async",
                "leave mode out: signed requests are queued and answered with 202",
            )
        return auth

    def record_fields(self) -> tuple[str, ...]:
        """Return one field for each path parameter; a synchronous request has its query and headers too."""
        path = tuple(f"{PATH_PREFIX}{name}" for name in PARAMETER.findall(self.path))
        return path if self.mode == "async" else (*path, "query.*", "headers.*")

    def delivery(self) -> Delivery:
        """Return whether requests are queued, or answered by the runner."""
        return "queue" if self.mode == "async" else "answer"

    def longest_run(self) -> timedelta | None:
        """Return how long the gateway waits for the handler."""
        return None if self.mode == "async" else LONGEST_WAIT

    def contribute(self, context: PlanContext) -> Contribution:
        """Return the route, and for ``hmac`` the verifying function in front of the queue."""
        request = CostDriver(meter="http-request", quantity_per_event=1, needed_by="source")
        if isinstance(self.auth, Hmac):
            return Contribution(
                functions=(verifier(self.auth, context),),
                routes=(self._route(context, function=VERIFY),),
                cost_drivers=(request, *verifier_costs()),
            )
        if self.mode == "sync":
            return Contribution(routes=(self._route(context, function=context.runner),), cost_drivers=(request,))
        return Contribution(routes=(self._route(context, queue=BUFFER),), cost_drivers=(request,))

    def bind(self, site: Site) -> None:
        """Make the API with its stage, its access log, and the route to the function or the queue."""
        from constructs_lib.event_sources._http_resources import add_api

        for route in site.plan.routes:
            add_api(site, route)

    def _route(self, context: PlanContext, *, function: str | None = None, queue: str | None = None) -> RoutePlan:
        return RoutePlan(
            id="route",
            api_name=context.name("api"),
            method=self.method,
            path=self.path,
            auth=self.auth.type,
            function=function,
            queue=queue,
            throttle_rate=self.throttle.rate,
            throttle_burst=self.throttle.burst,
        )
