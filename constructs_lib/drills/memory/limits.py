"""What AWS takes: a call outside of it fails the drill instead of being served."""

from __future__ import annotations


class OutsideLimits(AssertionError):  # noqa: N818 - it says where the call is
    """A call that AWS would refuse."""


def require(condition: bool, promise: str) -> None:
    """Raise ``OutsideLimits`` with ``promise`` unless it is kept."""
    if not condition:
        raise OutsideLimits(promise)
