"""How far an incremental pull has come."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Duration


class Checkpoint(Frozen):
    """The cursor of a pull: it moves once what it covers has landed, and each run begins where it stands."""

    cursor: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)]
    """Name of the cursor, such as the field that is asked for: ``updated_since``."""
    initial: Annotated[str, Field(min_length=1, max_length=1000, examples=["2026-01-01T00:00:00Z"])]
    """Where the first run begins: a time with its offset, or any text that the source understands."""
    overlap: Duration = timedelta(0)
    """How far a window reaches back behind the cursor, for what the source shows late; the cursor must be a time."""
