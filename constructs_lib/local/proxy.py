"""The loopback proxy between everything and the emulator: it records every call and injects the faults in force."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from constructs_lib.local.calls import HTTP_API, Call, read_call
from constructs_lib.local.faults import Action, Fault, FaultBoard
from constructs_lib.local.upstream import Answer, Upstream

if TYPE_CHECKING:
    from constructs_lib.local.workers import Worker, Workers


@dataclass(frozen=True)
class Request:
    """A request as it came in; ``target`` is the path with its query, ``port`` the caller's."""

    method: str
    target: str
    headers: Message
    body: bytes
    port: int


Front = Callable[[Request, Answer], Answer | None]
"""Answers an HTTP API request in the emulator's place, given what the emulator said; None lets that stand."""


class Proxy:
    """A reverse proxy on a free loopback port, listening while the context is open."""

    def __init__(self, emulator_port: int) -> None:
        """Bind the port; requests are served from ``__enter__`` on."""
        self.faults = FaultBoard()
        self.workers: Workers | None = None
        self.front: Front | None = None
        self._calls: list[Call] = []
        self._functions: dict[str, str | None] = {}
        self._upstream = Upstream(emulator_port)
        self._server = _Server(self)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call so far, in the order of the answers."""
        return tuple(self._calls)

    def forget(self) -> None:
        """Forget the calls and the callers of a deployment that is gone."""
        self._calls.clear()
        self._functions.clear()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self, request: Request) -> Answer | None:
        """Return the answer, or None where the connection is to be cut."""
        call = self._attributed(request)
        fault = self.faults.strike(call)
        answer = self._suffer(request, fault) if fault else self._pass_on(request, call)
        self._calls.append(replace(call, status=answer.status if answer else 0))
        return answer

    def _pass_on(self, request: Request, call: Call | None = None) -> Answer:
        answer = self._upstream.ask(request.method, request.target, request.headers, request.body)
        if self.front is not None and call is not None and call.service == HTTP_API:
            return self.front(request, answer) or answer
        return answer

    def _suffer(self, request: Request, fault: Fault) -> Answer | None:
        if fault.action is Action.ANSWER:
            kind, body = fault.body()
            return Answer(fault.status, (("Content-Type", kind),), body)
        worker = self._worker(request) if fault.action in {Action.KILL_BEFORE, Action.KILL_AFTER} else None
        if fault.action in {Action.DROP_AFTER, Action.KILL_AFTER}:
            self._pass_on(request)
        if worker is not None and self.workers is not None:
            self.workers.kill(worker)
        return None

    def _attributed(self, request: Request) -> Call:
        call = read_call(request.method, request.target, request.headers, request.body)
        if not call.access_key.startswith("ASIA"):
            return call
        if call.access_key not in self._functions:
            worker = self._worker(request)
            self._functions[call.access_key] = worker.function if worker else None
        return replace(call, function=self._functions[call.access_key])

    def _worker(self, request: Request) -> Worker | None:
        return self.workers.of_connection(request.port) if self.workers else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a caller that was killed or has left; anything else is a fault of the proxy and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: calls are recorded, not printed."""

    def _serve(self) -> None:
        request = Request(self.command, self.path, self.headers, self._body(), self.client_address[1])
        answer = self.server.proxy.serve(request)
        if answer is None:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in {204, 304}:
            length = answer.length if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _serve  # noqa: N815
