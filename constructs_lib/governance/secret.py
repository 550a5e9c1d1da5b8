"""What a secret looks like: by its name, by the shape of a known key, or by how random it is."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Final

from constructs_lib.governance.template import UNKNOWN

_SHAPES: Final = {
    "an AWS access key": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,}"),
    "a Slack token": re.compile(r"\bxox[abposr]-[A-Za-z0-9-]{10,}"),
    "a Stripe key": re.compile(r"\b[sr]k_(live|test)_[A-Za-z0-9]{16,}"),
    "a Google API key": re.compile(r"\bAIza[A-Za-z0-9_-]{35}"),
    "a JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\."),
    "a password in a URL": re.compile(r"://[^/\s:@]*:[^/\s:@]+@"),
    "a secret that the deployment resolves into the configuration": re.compile(
        r"\{\{resolve:(secretsmanager|ssm-secure):"
    ),
}
_NAME = re.compile(r"passw(or)?d|passphrase|secret|token|credential|(api|private|access|auth)[-_.]?key", re.I)
_REFERENCE = re.compile(
    r"_?(name|names|arn|id|url|uri|path|parameter|header|field|endpoint|ttl|seconds|minutes|count|limit|type|algorithm)$",
    re.I,
)
_DIGEST = re.compile(r"hash|sha256|digest|checksum|commit|version|etag", re.I)
_WORD = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_HEX = re.compile(r"[0-9a-fA-F]{32,}")
MIXED_BITS: Final = 4.0
"""Bits a character from which a word of 20 or more mixed letters and digits is taken for a key; names have less."""
HEX_BITS: Final = 3.0
"""The same for hexadecimal words of 32 or more, which cannot exceed 4."""


def suspicion(name: str, value: str, *, shapes_only: bool = False) -> str:
    """Return why a setting looks like a secret, without showing it, or an empty text when it does not."""
    for meaning, shape in _SHAPES.items():
        if shape.search(value):
            return f"holds {meaning}"
    if shapes_only or UNKNOWN in value or value.startswith("${"):
        return ""
    if _NAME.search(name) and not _REFERENCE.search(name) and _is_literal(value):
        return f"is named like a secret and holds {len(value)} characters"
    if not _DIGEST.search(name) and _is_random(value):
        return f"holds {len(value)} characters that look like a key"
    return ""


def _is_literal(value: str) -> bool:
    return bool(value) and value.lower() not in ("true", "false", "none", "null") and not value.isdigit()


def _is_random(value: str) -> bool:
    if _HEX.fullmatch(value):
        return _bits(value.lower()) >= HEX_BITS
    return any(_is_mixed(word) and _bits(word) >= MIXED_BITS for word in _WORD.findall(value))


def _is_mixed(word: str) -> bool:
    kinds = (str.isupper, str.islower, str.isdigit)
    return all(any(kind(letter) for letter in word) for kind in kinds) and word.count("-") + word.count("/") < 3


def _bits(word: str) -> float:
    return -sum(n / len(word) * math.log2(n / len(word)) for n in Counter(word).values())
