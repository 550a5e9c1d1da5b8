"""Consent to one governance finding."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import Name, shown


def parse_day(value: Any) -> date:
    """Return the day of an ISO 8601 text such as ``2026-12-31``.

    Raises:
        PydanticCustomError: ``date-wrong``.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise refusal(
        "date-wrong", f"{shown(value)} is not a date", "a day of the calendar as YYYY-MM-DD", "write 2027-01-31"
    )


class Approval(Frozen):
    """Who allowed exactly one finding on exactly one resource, why, and until when."""

    rule: Name
    """The rule's id, as the finding prints it."""
    resource: Name
    """The resource or field, as the finding prints it."""
    ticket: Name
    """Where the decision is on record."""
    approved_by: Name
    """Who decided."""
    expires: Annotated[date, BeforeValidator(parse_day)]
    """Last day on which the approval holds."""
    reason: Annotated[str, Field(min_length=10, max_length=1000)]
    """Why it is acceptable, in a sentence."""
