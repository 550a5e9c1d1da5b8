"""Requests over TLS to one host: certificates are verified, redirects are not followed, answers are hardly read."""

from __future__ import annotations

import json
import os
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.environment import Variable

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECT_SECONDS = 3.0
MOST_READ = 65_536
"""Bytes of an answer that are read, so that the connection can be used again; with more it is closed."""
PART = 1024
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    """Status and headers of an answer."""

    status: int
    headers: Mapping[str, str]


class NoAnswer(Exception):  # noqa: N818 - it says what there is
    """There was no whole answer; ``setup`` where somebody must mend something, such as a certificate."""

    def __init__(self, code: str, *, setup: bool = False) -> None:
        """``code`` is the kind of the failure; its text may hold the URL."""
        super().__init__(code)
        self.code = code
        self.setup = setup


class HttpClient(Protocol):
    """One host."""

    def request(self, method: str, target: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Answer:
        """Send one request and return the answer, whatever its status; raises ``NoAnswer``."""


class Https:
    """One host over a connection that is kept."""

    def __init__(self, pool: Any, host: str) -> None:
        """``pool`` is a pool of urllib3 with one connection."""
        self._pool = pool
        self._host = host

    def request(self, method: str, target: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Answer:
        """Send one request; ``timeout`` is the longest silence in seconds."""
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError, SSLError

        try:
            response = self._pool.urlopen(
                method,
                target,
                body=body,
                headers={"Host": self._host, **headers},
                redirect=False,
                retries=False,
                timeout=Timeout(connect=min(CONNECT_SECONDS, timeout), read=timeout),
                preload_content=False,
                assert_same_host=False,
            )
        except SSLError:
            raise NoAnswer("SSLError", setup=True) from None
        except (HTTPError, OSError) as error:
            raise NoAnswer(type(error).__name__) from None
        except ValueError as error:
            raise NoAnswer(type(error).__name__, setup=True) from None
        _let_go(response, time.monotonic() + timeout)
        return Answer(int(response.status), dict(response.headers.items()))


def _let_go(response: Any, until: float) -> None:
    """Give the connection back if the rest of the answer is short, and close it otherwise."""
    from urllib3.exceptions import HTTPError

    try:
        for _ in range(MOST_READ // PART):
            if time.monotonic() > until:
                break
            if not response.read(PART, decode_content=False):
                response.release_conn()
                return
    except (HTTPError, OSError):
        pass
    response.close()


def connect(host: str, port: int) -> Https:
    """Return a client of one host; nothing is connected before the first request."""
    from urllib3 import HTTPSConnectionPool

    stand_in = _stand_in(host)
    address, number = (LOOPBACK, stand_in["port"]) if stand_in else (host, port)
    context = ssl.create_default_context(cafile=stand_in["ca"] if stand_in else _authorities())
    named = host if port == 443 else f"{host}:{port}"
    pool = HTTPSConnectionPool(
        address, number, maxsize=1, ssl_context=context, server_hostname=host, assert_hostname=host
    )
    return Https(pool, named)


def _authorities() -> str:
    """Return the certificates of authorities that come with botocore, which AWS itself is trusted by."""
    from botocore.httpsession import get_cert_path

    return str(get_cert_path(True))


def _stand_in(host: str) -> dict[str, Any] | None:
    """Return port and authority of what stands in for a host on this machine; no construct sets the variable."""
    file = os.environ.get(Variable.STAND_INS)
    if not file or not Path(file).is_file():
        return None
    found: dict[str, Any] | None = json.loads(Path(file).read_text(encoding="utf-8")).get(host)
    return found
