"""How records are collected into groups, each of which is consolidated once."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.handler_path import HandlerPath
from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import Duration, Name, shown

MOST_ITEMS = 1000
"""Parts that a group may have: their names and places are listed and handed over at once."""


def parse_expected(value: Any) -> Any:
    """Return a count from 1, or an expression.

    Raises:
        PydanticCustomError: ``value-wrong``.
    """
    counts = isinstance(value, int) and not isinstance(value, bool) and value > 0
    if counts or (isinstance(value, str) and value.strip() and not value.strip().isdecimal()):
        return value
    allowed = "a whole number from 1, or a JMESPath expression that leads to a number or to a list of names"
    raise refusal("value-wrong", f"{shown(value)} says no number of parts", allowed, "write 4 or body.regions")


class FanIn(Frozen):
    """Each record is a part of a group; the parts are handed over together when all are there or the time is over.

    With ``fan_out`` a group is a record and its parts are the workers': then ``group``, ``part``, ``expected`` and
    ``max_items`` follow from the workers and are not given.
    """

    group: tuple[Name, ...] = ()
    """JMESPath expressions over the record that tell its group, such as ``body.day``; tenants never share one."""
    part: Name | None = None
    """JMESPath expression over the record that tells which part of the group it is, such as ``body.region``."""
    expected: Annotated[int | str, BeforeValidator(parse_expected)] | None = None
    """How many parts a group has: a number, or a JMESPath expression that leads to a number or to a list of names.

    The first part of a group tells it for the whole group. Only with names can it be said which parts are missing.
    """
    timeout: Duration = timedelta(hours=1)
    """How long a group waits for its parts, from its first one on; 1m to 7d."""
    max_items: Annotated[int, Field(strict=True, ge=1, le=MOST_ITEMS)] = 100
    """Most parts of one group, 1 to 1000; a record that expects more is refused."""
    handler: HandlerPath
    """The consolidating function as ``package.module:function``, found below ``runner.code``."""
    on_timeout: Literal["consolidate", "dead_letter"] = "consolidate"
    """Whether an incomplete group is handed over with what is there, or given up to the dead-letter queue."""

    def function_id(self) -> str:
        """Return the name of the consolidating function."""
        return self.handler.partition(":")[2]

    def expectation(self) -> str:
        """Return the expression that tells the number of parts; a fixed number is a literal."""
        return f"`{self.expected}`" if isinstance(self.expected, int) else self.expected or ""
