"""A handler for the declarations of the tests; nothing runs it."""

from __future__ import annotations


def land_order(order: object, run: object) -> None:
    """Take an order."""
