"""The platform's event bus: who sends to it, and what one call takes."""

from __future__ import annotations

SOURCE = "serverless-pipelines"
"""The ``source`` of every event of the platform."""
MAX_EVENTS = 10
"""Events that one call takes (Amazon EventBridge API reference, PutEvents)."""
MAX_BYTES = 262_144
"""Bytes of the events of one call together (Amazon EventBridge API reference, PutEvents, 256 KiB)."""
