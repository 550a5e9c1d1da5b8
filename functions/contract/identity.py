"""Identities that join messages, state, ledger and objects of one run."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""The tenants that a declaration can name; those that records bring become part of object keys too."""
PLAIN_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
"""JMESPath that only goes down by names, as most keys do."""


def _other(value: Any) -> Any:
    """Return a number of a table as JSON has it; ``TypeError`` for anything else."""
    from decimal import Decimal

    if not isinstance(value, Decimal):
        raise TypeError(f"a {type(value).__name__} is no JSON")
    return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)


_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_other
)


def canonical_json(value: Any) -> str:
    """Return one text for equal values: sorted keys, no spaces, UTF-8 kept; a ``Decimal`` is the nearest number.

    Raises:
        ValueError: a number is not finite; JSON has no word for it, and all of them would look alike.
    """
    return _CANONICAL.encode(value)


def content_hash(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of ``value``, 64 hex digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def text_hash(text: str) -> str:
    """Return the SHA-256 of ``text`` in UTF-8, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def run_token(pipeline: str, key: tuple[Any, ...]) -> str:
    """Return the identity of a record's effect: 32 hex digits, equal for equal keys of one pipeline."""
    return content_hash([pipeline, list(key)])[:32]


def group_run_token(pipeline: str, key: tuple[Any, ...]) -> str:
    """Return the identity of a group's consolidation; no key of a record leads to it, whatever a sender chooses."""
    return content_hash([pipeline, "group", list(key)])[:32]


def run_id(message_id: str, attempt: int | str) -> str:
    """Return the identity of one attempt at one message; a retry has another, a lost answer has the same.

    Where nobody counts deliveries, ``attempt`` is what the delivery is known by; it holds no dot.
    """
    return f"{message_id}.{attempt}"
