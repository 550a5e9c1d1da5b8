"""What a secret looks like: by its name, by the shape of a known key, or by how random it is."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise
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
CHANGES: Final = 0.4
"""Share of neighbours in a word that are of different kinds (upper, lower, digit) from which it is taken for a key.

Random letters and digits have 0.62 on average, names such as ``OrdersV2ArchiveTable`` below 0.35.
"""
HEX_BITS: Final = 3.0
"""Bits a character, of at most 4, from which a hexadecimal text of 32 or more digits is taken for a key."""


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
    return any(_is_mixed(word) for word in _WORD.findall(value))


def _is_mixed(word: str) -> bool:
    kinds = [(letter.isupper(), letter.islower(), letter.isdigit()) for letter in word if letter.isalnum()]
    changes = sum(left != right for left, right in pairwise(kinds))
    return len(set(kinds)) == 3 and changes >= CHANGES * len(word)


def _bits(word: str) -> float:
    return -sum(n / len(word) * math.log2(n / len(word)) for n in Counter(word).values())
