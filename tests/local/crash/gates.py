"""Gates: loopback addresses at which a handler waits until the test says how it goes on."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

LONGEST_WAIT = 60


@dataclass
class Gate:
    """The first caller waits until the gate is opened; all others pass."""

    url: str
    arrived: threading.Event = field(default_factory=threading.Event)
    _opened: threading.Event = field(default_factory=threading.Event)
    _word: bytes = b""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, word: str = "") -> None:
        """Let the caller go on; ``raise`` makes its handler fail."""
        self._word = word.encode()
        self._opened.set()

    def wait(self) -> bytes:
        """Return what the caller is told."""
        with self._lock:
            first = not self.arrived.is_set()
            self.arrived.set()
        return self._word if first and self._opened.wait(LONGEST_WAIT) else b""


class Gates:
    """A server of gates on a free loopback port while the context is open."""

    def __init__(self) -> None:
        self._gates: dict[str, Gate] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._gates))
        self._server.daemon_threads = True

    def new(self, name: str) -> Gate:
        """Return a gate that is shut."""
        gate = Gate(f"http://127.0.0.1:{self._server.server_address[1]}/{name}")
        self._gates[f"/{name}"] = gate
        return gate

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        for gate in self._gates.values():
            gate.open()
        self._server.shutdown()
        self._server.server_close()


def _handler(gates: dict[str, Gate]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            word = gates[self.path].wait()
            self.send_response(200)
            self.send_header("Content-Length", str(len(word)))
            self.end_headers()
            self.wfile.write(word)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    return Handler
