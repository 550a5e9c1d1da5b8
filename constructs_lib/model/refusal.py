"""How a field's own validator says what is wrong, in the words of a fault."""

from __future__ import annotations

from pydantic_core import PydanticCustomError


def refusal(code: str, found: str, allowed: str, fix: str) -> PydanticCustomError:
    """Return the error that a validator raises; the loader adds file, line and path and makes it a ``Fault``."""
    context: dict[str, object] = {"found": found, "allowed": allowed, "fix": fix}
    return PydanticCustomError(code, "{found}; {allowed}; {fix}", context)
