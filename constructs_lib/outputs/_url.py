"""The URL that an output of type http sends to: TLS, no credentials, and parameters as whole parts of the path."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import shown

_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PART = re.compile(r"([A-Za-z0-9._~!$&'()*+,;=:@%-]|\{[a-z][a-z0-9_]{0,63}\})*")
_QUERY = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")
EXAMPLE = "write https://api.example.com/v1/contacts/{contact_id}"


def parse_url(value: Any) -> Any:
    """Return the URL.

    Raises:
        PydanticCustomError: ``url-not-tls``, ``url-with-credentials`` or ``url-wrong``; none repeats what is secret.
    """
    if not isinstance(value, str):
        return value
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise _wrong("is no URL") from None
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise refusal(
            "url-with-credentials",
            "the URL holds credentials",
            "a URL without user and password",
            "store them in Secrets Manager, name the secret in auth, and replace them: they have been written down",
        )
    if parts.scheme != "https":
        raise refusal(
            "url-not-tls", f"{shown(value)} is not reached over TLS", "a URL that begins with https://", EXAMPLE
        )
    if not _HOST.fullmatch(parts.hostname or "") or _is_address(parts.hostname or "") or port == 0:
        raise _wrong("names no host")
    if not _path_fits(parts) or not _QUERY.fullmatch(parts.query) or parts.fragment:
        raise _wrong(f"{shown(value)} has a part that cannot be sent")
    return value


def _path_fits(parts: SplitResult) -> bool:
    names = re.findall(r"\{([a-z0-9_]+)\}", parts.path)
    return all(map(_PART.fullmatch, parts.path.split("/"))) and len(names) == len(set(names))


def _is_address(host: str) -> bool:
    """Names alone have certificates; addresses lead to what is inside a network."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _wrong(found: str) -> Exception:
    allowed = "a host by its name, a path with parameters in braces, each once, and a query without any"
    return refusal("url-wrong", found, allowed, EXAMPLE)
