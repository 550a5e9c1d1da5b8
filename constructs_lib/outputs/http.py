"""The http output: requests to somebody else's API, under a rate and with a key that is read at run time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BeforeValidator, Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import secret_arn
from constructs_lib.model.output import Output
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.secret_name import SecretName
from constructs_lib.model.units import Amount, Duration
from constructs_lib.outputs._named import sid
from constructs_lib.outputs._url import parse_url
from functions.contract.environment import OutputSettings

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")]
LONGEST_TIMEOUT = timedelta(minutes=1)
SECRET_SECONDS = 300
"""Seconds for which an environment keeps a secret, so that records share its price."""
ANSWER_SECONDS = 0.2
"""Seconds in which an endpoint answers, as the check of a batch assumes."""


class Bearer(Frozen):
    """``Authorization: Bearer``, followed by the secret."""

    type: Literal["bearer"] = "bearer"
    secret: SecretName
    """Name of the secret in Secrets Manager that holds the token."""


class Header(Frozen):
    """The secret as the value of a header."""

    type: Literal["header"] = "header"
    secret: SecretName
    """Name of the secret in Secrets Manager that holds the key."""
    header: HeaderName
    """The header that it is sent in, such as ``X-Api-Key``."""


class Basic(Frozen):
    """``Authorization: Basic``, of user and password."""

    type: Literal["basic"] = "basic"
    secret: SecretName
    """Name of the secret in Secrets Manager that holds ``user:password``."""


class Rate(Frozen):
    """How many requests the endpoint takes."""

    per_second: Amount
    """Requests a second of all workers together, such as ``5`` or ``0.5``."""


def parse_timeout(value: Any) -> Any:
    """Return the timeout.

    Raises:
        PydanticCustomError: ``http-timeout-wrong``: it is no time at all, or longer than a minute.
    """
    from constructs_lib.model.units import parse_duration

    seconds = parse_duration(value)
    if not timedelta(seconds=1) <= seconds <= LONGEST_TIMEOUT:
        fix = "write 5s; a request that nobody answers is tried again with the record"
        raise refusal("http-timeout-wrong", f"a timeout of {int(seconds.total_seconds())}s", "1s to 1m", fix)
    return seconds


class Http(Output):
    """One request for each put; what the endpoint refuses is given up, what it cannot take now is tried again."""

    type: Literal["http"] = "http"
    url: Annotated[str, BeforeValidator(parse_url), Field(max_length=500)]
    """Where requests go, with parameters of the path in braces: ``https://api.example.com/v1/contacts/{id}``."""
    method: Literal["POST", "PUT", "PATCH", "DELETE"] = "POST"
    """HTTP method."""
    auth: Annotated[Union[Bearer, Header, Basic], Field(discriminator="type")] | None = None  # noqa: UP007
    """How the pipeline says who it is; without it nothing is said."""
    timeout: Annotated[Duration, BeforeValidator(parse_timeout)] = timedelta(seconds=5)
    """How long the endpoint may be silent before the request counts as failed, 1s to 1m."""
    rate: Rate | None = None
    """How many requests the endpoint takes; without it nothing but its own answers slows the pipeline down."""
    id_header: HeaderName = "Idempotency-Key"
    """The header with an id that is the same at every try, by which the endpoint knows a repeat."""
    retry_statuses: tuple[Annotated[int, Field(ge=400, le=499, strict=True)], ...] = ()
    """Statuses by which this endpoint says "later", beside 408, 425, 429 and all from 500."""

    def settings(self, context: PlanContext) -> OutputSettings:
        """Return the URL and how it is asked; each worker has an equal share of the rate."""
        options: dict[str, Any] = {
            "method": self.method,
            "timeout": int(self.timeout.total_seconds()),
            "id_header": self.id_header,
        }
        if self.rate:
            options["interval"] = self._interval(context.max_concurrency)
        if self.auth:
            options["auth"] = self.auth.model_dump(mode="json")
        if self.retry_statuses:
            options["retry_statuses"] = list(self.retry_statuses)
        return OutputSettings(self.called, self.type, self.url, options)

    def contribute(self, _context: PlanContext, place: str) -> Contribution:
        """Return the right to read exactly the secret, and the price of reading it; the request itself is free."""
        if self.auth is None:
            return Contribution()
        grant = Grant(
            sid=sid("Key", self),
            actions=("secretsmanager:GetSecretValue",),
            resources=(secret_arn(self.auth.secret),),
            needed_by=f"{place}.auth.secret",
        )
        price = CostDriver(meter="secret-request", quantity_per_event=1 / SECRET_SECONDS, needed_by=place)
        return Contribution(runner_grants=(grant,), cost_drivers=(price,))

    def slowest_flush(self, records: int, workers: int) -> float:
        """Return the seconds that one request for each record takes, under the worker's share of the rate."""
        return records * max(ANSWER_SECONDS, self._interval(workers))

    def _interval(self, workers: int) -> float:
        return round(workers / self.rate.per_second, 6) if self.rate else 0.0
