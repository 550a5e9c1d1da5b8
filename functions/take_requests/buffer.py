"""How a request becomes a message: within its limit, in its group, and with a large body kept before it is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.contract.message import MAX_BODY_BYTES, MAX_LARGE_BYTES
from functions.take_requests.answer import Answer, refused
from functions.take_requests.tenant import order_of, tenant_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.runtime.http_request import Request
    from functions.take_requests.large import LargeBodies

    Send = Callable[[str, Mapping[str, str], str | None], str]


@dataclass(frozen=True, kw_only=True)
class Buffer:
    """The buffer queue of one pipeline, as the function in front of it sees it."""

    send: Send
    """Puts body and attributes on the queue, in a group if any, and returns the message's id.

    Raises what AWS calls raise.
    """
    large: LargeBodies | None = None
    """Where bodies go that no message holds; None where they are refused."""
    max_body: int = 0
    """Bytes of the largest body that is queued; 0 for as much as there is room for."""
    group_key: str | None = None
    """Field of a request that gives its group where the queue is FIFO; None elsewhere."""
    tenant_key: str | None = None
    """Where a request names its tenant, the group that it is queued in; None where none does."""

    def too_large(self, request: Request) -> Answer | None:
        """Return the answer to a request whose body is above the limit; None for any other."""
        limit = self.max_body or (MAX_BODY_BYTES if self.large is None else MAX_LARGE_BYTES)
        if len(request.body) <= limit:
            return None
        return refused(413, "body-too-large", f"the body exceeds {limit} bytes", request.request_id)

    def queue(self, request: Request, text: str, attributes: Mapping[str, str]) -> str:
        """Queue a request and return the message's id; raises what AWS calls raise."""
        if self.large is not None and len(request.body) > MAX_BODY_BYTES:
            text, attributes = self.large.keep(request, attributes)
        return self.send(text, attributes, self._group(request))

    def _group(self, request: Request) -> str | None:
        return order_of(request, self.group_key) if self.group_key else tenant_of(request, self.tenant_key)


def not_text(request: Request) -> Answer:
    """Return the answer to a request of which no message can be made."""
    return refused(400, "not-text", "body and path must be text without control characters", request.request_id)
