"""What is left of nested values and log lines when everything is taken out that must not leave."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from functions.runtime.matcher import MASK, Matcher
from functions.runtime.secret_forms import written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:,.]+([+-]\d\d:?\d\d|Z)?")
STANDARD = frozenset({"level", "location", "message", "timestamp", "service", "exception", "exception_name"})
"""Keys of a log line that readers look for; they are the logger's own."""
OUTSIDE = frozenset({"correlation_id"})
"""What the platform writes into every line and a sender chooses: left alone as part of a record, not as a secret."""


@dataclass(frozen=True)
class Hidden:
    """Values of one record that must not be shown, as they stand in its decoded fields."""

    values: tuple[str | int | float, ...]

    @cached_property
    def matcher(self) -> Matcher:
        """Finds them inside of texts."""
        texts = (form for value in self.values if isinstance(value, str) for form in written(value))
        return Matcher(texts, (str(value) for value in self.values if not isinstance(value, str)))

    @cached_property
    def whole(self) -> frozenset[str | int | float]:
        """What is masked at any length where it stands alone."""
        return frozenset(value for value in self.values if value != "")


NOTHING = Hidden(())


@dataclass(frozen=True)
class Cleaning:
    """Replaces texts by ``matcher``, and what is ``whole`` by a mask."""

    matcher: Matcher
    whole: frozenset[str | int | float] = frozenset()

    def text(self, text: str) -> str:
        """Return a text, or what is left of it."""
        return MASK if text in self.whole else self.matcher.replace(text)

    def tree(self, value: Any) -> Any:
        """Return a copy of nested values; keys are texts too, and numbers that are hidden become masks."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(name)): self.tree(item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.tree(item) for item in value]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return MASK if value in self.whole or str(value) in self.matcher.numbers else value
        return value

    def other(self, value: object) -> str:
        """Return the text of what is no JSON."""
        return self.text(str(value))


def log_line(log: Mapping[str, Any], secrets: Matcher, hidden: Hidden, vouched: Mapping[str, Any]) -> str:
    """Return a line without secrets and hidden values; what the platform has said itself stays as it is."""
    outside = Cleaning(secrets)
    cleaning = Cleaning(secrets.joined(hidden.matcher), hidden.whole)
    told = {}
    for name, value in log.items():
        if _is_own(name, value):
            told[name] = value
        elif name in vouched and vouched[name] == value:
            told[name] = outside.tree(value) if name in OUTSIDE else value
        else:
            told[name if name in STANDARD else cleaning.text(name)] = cleaning.tree(value)
    return as_json(told, cleaning.other)


def as_json(log: Mapping[str, Any], other: Callable[[object], str] = str) -> str:
    """Return a log line as Powertools writes it."""
    return json.dumps(log, default=other, separators=(",", ":"), ensure_ascii=False)


def clean_object(target: object, cleaning: Cleaning) -> None:
    """Clean what an object holds in texts, mappings and lists, and the objects in those lists: segments of a trace."""
    for name, value in list(vars(target).items()):
        if isinstance(value, (str, dict, list)):
            setattr(target, name, cleaning.tree(value))
        for part in _parts(value):
            clean_object(part, cleaning)


def _parts(value: Any) -> list[object]:
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    flat = [part for item in held for part in (item if isinstance(item, list) else [item])]
    return [part for part in flat if hasattr(part, "__dict__")]


def _is_own(name: str, value: Any) -> bool:
    """Return whether this is the logger's own level or time, which a record's value can be equal to by chance."""
    if name == "level":
        return value in logging.getLevelNamesMapping()
    return name == "timestamp" and isinstance(value, str) and TIMESTAMP.fullmatch(value) is not None
