"""Finding values inside of texts, and what stands in their place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "***"
"""Shorter than anything that is searched for, so that no mask holds a value and every replacement shortens the text."""
SHORTEST = 4
"""Characters from which a value is found inside of texts: shorter ones stand in every second word."""


class Matcher:
    """Texts that are searched for, and numbers, which count only where they stand alone."""

    def __init__(self, texts: Iterable[str] = (), numbers: Iterable[str] = ()) -> None:
        """What is shorter than ``SHORTEST`` is left out; the longest is found first."""
        self.texts = frozenset(text for text in texts if len(text) >= SHORTEST)
        self.numbers = frozenset(text for text in numbers if len(text) >= SHORTEST)
        self._texts = sorted(self.texts, key=len, reverse=True)

    def joined(self, other: Self) -> Matcher:
        """Return what finds the values of both at once: one after the other they would cut each other in pieces."""
        return Matcher(self.texts | other.texts, self.numbers | other.numbers)

    def replace(self, text: str) -> str:
        """Return the text with a mask for everything that was found; most texts hold nothing of it."""
        while patterns := self._patterns(text):
            shorter = re.sub("|".join(patterns), MASK, text)
            if shorter == text:
                return text
            text = shorter
        return text

    def _patterns(self, text: str) -> list[str]:
        """A search for each value is much faster than one pattern of them all; a few of them make the pattern."""
        texts = [re.escape(value) for value in self._texts if value in text]
        numbers = [re.escape(value) for value in self.numbers if value in text]
        return texts + [rf"(?<![\w.]){number}(?!\w)" for number in numbers]
