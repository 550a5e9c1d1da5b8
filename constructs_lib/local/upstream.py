"""Requests passed on to the emulator byte for byte, so that their signatures stay valid."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass
from email.message import Message

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "expect", "transfer-encoding", "content-length", "x-forwarded-proto"}
)
_TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """A response: headers without those of the connection; ``length`` is what a HEAD announces."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    length: str | None = None


class Upstream:
    """Connections to the emulator, one for each thread, kept open between requests."""

    def __init__(self, port: int) -> None:
        """Pass requests on to a loopback port."""
        self._port = port
        self._local = threading.local()

    def ask(self, method: str, target: str, headers: Message, body: bytes) -> Answer:
        """Return the emulator's answer; a kept connection that it has closed is opened once more."""
        for last in (False, True):
            connection = self._connection()
            try:
                return _exchange(connection, method, target, headers, body)
            except (http.client.HTTPException, OSError):
                connection.close()
                self._local.connection = None
                if last:
                    raise
        raise AssertionError("unreachable")

    def _connection(self) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if kept is None:
            kept = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_SECONDS)
            self._local.connection = kept
        return kept


def _exchange(
    connection: http.client.HTTPConnection, method: str, target: str, headers: Message, body: bytes
) -> Answer:
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        if name.lower() not in _HOP_BY_HOP:
            connection.putheader(name, value)
    # What the emulator takes for TLS: resource policies deny requests without it.
    connection.putheader("X-Forwarded-Proto", "https")
    if body or method in {"PUT", "POST"}:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    response = connection.getresponse()
    kept = tuple((name, value) for name, value in response.getheaders() if name.lower() not in _HOP_BY_HOP)
    return Answer(response.status, kept, response.read(), response.getheader("Content-Length"))
