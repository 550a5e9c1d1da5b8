"""What a handler of synchronous requests answers with, in the form in which it is kept for the same request again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self

from functions.contract.identity import canonical_json
from functions.runtime.outputs.raw import plain

MAX_BYTES = 256_000
"""Bytes of one response that are kept: an item of DynamoDB holds 400 KB, and other attributes want room."""
MAX_READ_BYTES = 3_000_000
"""Bytes of the response to a read, which is not kept: Lambda takes 6 MB, and JSON in JSON can be twice as long."""
FIRST, LAST = 200, 599


@dataclass(frozen=True)
class Response:
    """A JSON body with a status; what a handler returns without one is the body of a 200."""

    body: Any = None
    status: int = 200

    @classmethod
    def of(cls, result: object) -> Self:
        """Return what a handler has returned as a response."""
        return result if isinstance(result, cls) else cls(result)

    @property
    def good(self) -> bool:
        """Whether it tells of success, and so has the form that the declaration promises."""
        return type(self.status) is int and FIRST <= self.status < FIRST + 100

    def to_text(self, most: int = MAX_BYTES) -> str:
        """Return the text that is kept, of ``most`` bytes.

        Raises:
            TypeError, ValueError: the body is no JSON or too large, or the status is none of HTTP.
        """
        if type(self.status) is not int or not FIRST <= self.status <= LAST:
            raise ValueError(f"status {self.status!r} is not a whole number from {FIRST} to {LAST}")
        text = canonical_json({"status": self.status, "body": plain(self.body)})
        if len(text.encode()) > most:
            raise ValueError(f"the response has more than {most} bytes: land it and answer with its location")
        return text

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a kept text back."""
        return cls(**json.loads(text))


def error_body(code: str, message: str, request_id: str) -> dict[str, Any]:
    """Return the body of every answer that is no success."""
    return {"status": "refused", "error": {"code": code, "message": message}, "request_id": request_id}
