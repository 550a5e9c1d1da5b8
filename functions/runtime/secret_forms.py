"""The forms in which a secret can appear in a text, and the values that a secret in JSON holds."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from functions.runtime.matcher import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST_LINE = 8
"""Characters from which one line of a secret of many lines, such as a key in PEM form, is searched for by itself."""
QUICK = re.compile(r"[A-Za-z0-9 _.:,@+=/-]*")
"""Texts that JSON and Python write as they are."""
ESCAPES = re.compile(r"%[0-9A-F]{2}")


def secrets_matcher(secrets: Iterable[str]) -> Matcher:
    """Return what finds secrets in every form, and each value of those that are JSON."""
    parts = [part for secret in secrets for part in (secret, *_values_inside(secret))]
    texts = (form for part in parts if isinstance(part, str) for form in secret_forms(part))
    return Matcher(texts, (str(part) for part in parts if not isinstance(part, str)))


def secret_forms(secret: str) -> Iterator[str]:
    """Yield a secret, and its lines, as they are and in JSON and Python; and all of it in a URL and in base64."""
    lines = [line for line in secret.splitlines() if len(line) >= SHORTEST_LINE]
    for text in {secret, secret.strip(), *lines}:
        yield from written(text)
    for text in {secret, secret.strip()}:
        yield from _quoted(text)
    for offset in range(3):
        yield from _base64_within(secret.encode(errors="surrogatepass"), offset)


def written(text: str) -> Iterator[str]:
    """Yield the text as it is, and as JSON and Python write it once and once more, as in JSON inside of JSON."""
    yield text
    if not QUICK.fullmatch(text):
        once = set(_escaped(text))
        yield from once
        yield from (twice for form in once for twice in _escaped(form))


def leaves(value: Any) -> Iterator[str | int | float]:
    """Yield the texts and numbers of nested values, however deep; truth values and nulls say nothing."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, (str, int, float)) and not isinstance(part, bool):
            yield part


def _escaped(text: str) -> Iterator[str]:
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    raw = text.encode(errors="surrogatepass")
    for shown in (repr('"' + text)[2:-1], ascii('"' + text)[2:-1], repr(b'"' + raw)[3:-1]):
        yield shown
        yield shown.replace("\\'", "'")


def _quoted(text: str) -> Iterator[str]:
    for form in (quote(text, errors="replace"), quote(text, "", errors="replace"), quote_plus(text, errors="replace")):
        yield form
        yield ESCAPES.sub(lambda escape: escape[0].lower(), form)


def _base64_within(raw: bytes, offset: int) -> Iterator[str]:
    """Yield what base64 makes of the bytes behind ``offset`` others: the characters that no neighbour changes."""
    first, last = -(-offset * 8 // 6), (offset + len(raw)) * 8 // 6
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(bytes(offset) + raw).decode()
        yield text[first:last]
        if offset == 0:
            yield text


def _values_inside(secret: str) -> Iterator[str | int | float]:
    try:
        decoded = json.loads(secret)
    except (ValueError, RecursionError):
        return
    if isinstance(decoded, (dict, list)):
        yield from leaves(decoded)
