"""What a failed request of any client library says, found by its form: no library is imported for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

MAX_RETRY_AFTER = 3600.0
"""Seconds of a ``Retry-After`` that are obeyed: a longer wait is tried again in between, within the retry budget."""
CHAIN = 10
"""Causes of an exception that are looked through."""
CONNECTION_NAMES = frozenset(
    {
        "ChunkedEncodingError",
        "ClientConnectionError",
        "ConnectError",
        "ConnectTimeout",
        "ConnectTimeoutError",
        "ConnectionError",
        "IncompleteRead",
        "IncompleteReadError",
        "MaxRetryError",
        "NetworkError",
        "NewConnectionError",
        "ProtocolError",
        "ReadTimeout",
        "ReadTimeoutError",
        "RemoteProtocolError",
        "ServerTimeoutError",
        "Timeout",
        "TimeoutException",
        "TransportError",
        "URLError",
        "gaierror",
    }
)
"""Classes by which requests, httpx, urllib3, aiohttp, urllib and socket say that there was no whole answer."""


@dataclass(frozen=True)
class HttpAnswer:
    """The status of an answer, 400 to 599, and after how many seconds to ask again; None when it does not say."""

    status: int
    retry_after: float | None = None


def http_answer(error: BaseException, now: float) -> HttpAnswer | None:
    """Return the answer that an exception stands for, or None; ``now`` in seconds since 1970."""
    response = _read(error, "response")
    for holder, names in ((response, ("status_code", "status", "code")), (error, ("status_code", "status"))):
        for name in names:
            status = _status(_read(holder, name))
            if status:
                return HttpAnswer(status, retry_after(_headers(holder, error), now))
    status, headers = _status(_read(error, "code")), _read(error, "headers")
    if status and headers is not None:
        return HttpAnswer(status, retry_after(headers, now))
    return None


def is_connection(error: BaseException) -> bool:
    """Return whether a request got no whole answer: no connection, or not in time."""
    if isinstance(error, (ConnectionError, TimeoutError)):
        return True
    return any(kind.__name__ in CONNECTION_NAMES for kind in type(error).__mro__)


def _headers(holder: object, error: BaseException) -> object:
    headers = _read(holder, "headers")
    return _read(error, "headers") if headers is None else headers


def _status(value: object) -> int:
    """Return a status of failure, or 0: many exceptions have a number of their own under such names."""
    return int(value) if isinstance(value, int) and not isinstance(value, bool) and 400 <= value <= 599 else 0


def _read(holder: object, name: str) -> Any:
    """Return an attribute; one that is computed may raise whatever it likes, and then there is none."""
    try:
        return getattr(holder, name, None)
    except Exception:
        return None


def retry_after(headers: object, now: float) -> float | None:
    """Return seconds, from a number or a date; what is neither leaves it to the backoff."""
    written = _header(headers, "retry-after")
    if written is None:
        return None
    seconds = float(written) if written.replace(".", "", 1).isdecimal() else _until(written, headers, now)
    if seconds is None or not math.isfinite(seconds):
        return None
    return min(max(0.0, seconds), MAX_RETRY_AFTER)


def _until(written: str, headers: object, now: float) -> float | None:
    """Return the seconds up to a date by the sender's own clock, where it tells that."""
    when, sent = _date(written), _date(_header(headers, "date") or "")
    return None if when is None else when - (now if sent is None else sent)


def _date(written: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(written).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _header(headers: Any, name: str) -> str | None:
    """Return a header without regard to case."""
    try:
        found = [value for key, value in headers.items() if str(key).lower() == name]
    except Exception:
        return None
    return str(found[0]).strip() if found else None
