"""A database on a loopback port that takes its time and counts how many call it at once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

SECONDS = 0.005
"""What a call takes."""


class Database:
    """Counts its calls by what they store; listening while the context is open."""

    def __init__(self) -> None:
        self.peak = 0
        self.stored: Counter[str] = Counter()
        self._now = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def call(self, text: str) -> None:
        """Store a text, beside all others that are at it."""
        with self._lock:
            self._now += 1
            self.peak = max(self.peak, self._now)
            self.stored[text] += 1
        time.sleep(SECONDS)
        with self._lock:
            self._now -= 1

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(database: Database) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            database.call(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    return Handler
