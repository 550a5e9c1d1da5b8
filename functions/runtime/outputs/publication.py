"""What an http output sends."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Publication:
    """One request as it was put; ``target`` is its path and query."""

    id: str
    target: str
    body: str
