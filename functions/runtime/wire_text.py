"""Text that crosses a wire: some strings that JSON can express cannot be written as UTF-8."""

from __future__ import annotations

import hashlib


def encodable(text: str) -> bool:
    """Return whether the text is valid Unicode; JSON can escape half a surrogate pair, UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def to_wire(text: str) -> bytes:
    """Return the text in UTF-8; what UTF-8 cannot hold is written as an escape."""
    return text.encode(errors="backslashreplace")


def wire_hash(text: str) -> str:
    """Return the SHA-256 of the text as it crosses the wire, 64 hex digits."""
    return hashlib.sha256(to_wire(text)).hexdigest()


def clipped(text: str, limit: int) -> str:
    """Return at most ``limit`` characters of valid Unicode."""
    clean = to_wire(text).decode()
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
