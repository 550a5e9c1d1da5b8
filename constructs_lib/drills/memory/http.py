"""Somebody else's API in memory: it answers as told and keeps what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.drills.memory.limits import require
from functions.runtime.aws_failures import AWS_FAILURES
from functions.runtime.http_client import Answer, NoAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_lib.drills.memory.faults import Calls
    from constructs_lib.drills.memory.sent import Sent


@dataclass(frozen=True)
class Asked:
    """One request."""

    at: float
    """Seconds since 1970."""
    host: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: str


@dataclass
class MemoryHttp:
    """Every host; one that is not told otherwise takes everything."""

    calls: Calls
    sent: Sent
    now: Callable[[], float]
    id_headers: frozenset[str]
    """The headers that outputs send their ids in."""
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], Answer] = lambda _asked: Answer(200, {})

    def connect(self, host: str, _port: int) -> _Host:
        """Return the client of one host."""
        return _Host(self, host)


@dataclass(frozen=True)
class _Host:
    api: MemoryHttp
    host: str

    def request(self, method: str, target: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Answer:
        """Take one request; a fault at it is an answer that does not come."""
        require(timeout > 0, "a request has time")
        try:
            return self._taken(Asked(self.api.now(), self.host, method, target, headers, body.decode()))
        except AWS_FAILURES as error:
            raise NoAnswer(type(error).__name__) from None

    def _taken(self, asked: Asked) -> Answer:
        api = self.api
        with api.calls.call("HttpRequest", asked.host):
            api.asked.append(asked)
            answer = api.answer(asked)
            if answer.status < 300:
                id = next(value for name, value in asked.headers.items() if name in api.id_headers)
                api.sent.note(asked.host, id, f"{asked.method} {asked.target} {asked.body}")
            return answer
