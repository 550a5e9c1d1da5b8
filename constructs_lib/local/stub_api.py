"""An HTTP API on a loopback port that stands for somebody else's: it answers as told and records what it is asked.

Functions run as local processes and can reach it. They learn its address as they would a partner's: from a secret,
which ``introduce`` writes after the deployment, or from the declaration, where the port is given beforehand.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ssl import SSLContext

    from constructs_lib.local.aws import LocalAws


@dataclass(frozen=True)
class StubRequest:
    """One request as it came in; names of headers are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the decoded body; raises ``ValueError`` when it is no JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class StubAnswer:
    """What the API answers; ``body`` is sent as JSON."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Callable[[StubRequest], StubAnswer]


class StubApi:
    """The API, listening while the context is open."""

    def __init__(self, answer: Answering, port: int = 0, tls: SSLContext | None = None) -> None:
        """``answer`` is called for every request, by one thread at a time; port 0 takes a free one."""
        self.answer = answer
        self.requests: list[StubRequest] = []
        """Every request so far, in the order in which they were answered."""
        self._lock = threading.Lock()
        self._server = _Server(self, port, tls)
        self.port = int(self._server.server_address[1])
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def introduce(self, aws: LocalAws, secret: str, **beside: str) -> None:
        """Write the address, and what is ``beside`` it, into a declared secret: a JSON object with ``url`` in it.

        Functions keep a secret for five minutes, so this comes before the first record.
        """
        text = json.dumps({"url": self.url, **beside})
        aws.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=text)

    def serve(self, request: StubRequest) -> StubAnswer:
        """Record a request and return its answer."""
        with self._lock:
            answer = self.answer(request)
            self.requests.append(request)
        return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: StubApi, port: int, tls: SSLContext | None) -> None:
        self.api = api
        super().__init__(("127.0.0.1", port), _Handler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: requests are recorded, not printed."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        answer = self.server.api.serve(StubRequest(self.command, parts.path, query, headers, body))
        text = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response_only(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = _serve  # noqa: N815
