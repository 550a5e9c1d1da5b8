"""What becomes of one request that the gateway has let in: accepted means that it is on the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.message import CLAIM_PREFIX
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.http_request import FORBIDDEN, Request
from functions.take_requests.answer import Answer, accepted, unavailable
from functions.take_requests.buffer import not_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.take_requests.buffer import Buffer


@dataclass(frozen=True)
class Intake:
    """The function without Lambda and AWS; ``claims`` go along with a request, in the words of its token's issuer."""

    buffer: Buffer
    claims: tuple[str, ...]
    now: Callable[[], float]
    """Seconds since 1970."""

    def answer(self, event: Mapping[str, Any]) -> Answer:
        """Return the answer to one request."""
        request = Request.of(event, self.now())
        too_large = self.buffer.too_large(request)
        if too_large is not None:
            return too_large
        text, attributes, claims = request.text(), request.attributes(), self._claims(request)
        if text is None or attributes is None or claims is None:
            return not_text(request)
        try:
            message_id = self.buffer.queue(request, text, {**claims, **attributes})
        except AWS_FAILURES as error:
            return unavailable(error_code(error), request.request_id)
        return accepted(request.request_id, message_id)

    def _claims(self, request: Request) -> dict[str, str] | None:
        """A claim that a token does not have is left out; SQS refuses empty attributes."""
        found = {f"{CLAIM_PREFIX}{name}": request.claims.get(name, "") for name in self.claims}
        kept = {name: value for name, value in found.items() if value}
        return None if any(FORBIDDEN.search(value) for value in kept.values()) else kept
