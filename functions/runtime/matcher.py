"""Finding values inside of texts, and what stands in their place."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.runtime.many_values import ManyValues

MASK = "***"
"""Shorter than anything that is searched for, so that no mask holds a value and every replacement shortens the text."""
SHORTEST = 4
"""Characters from which a value is found inside of texts: shorter ones stand in every second word."""
MANY = 300
"""Values from which on a search for each of them takes longer than looking up every place of the text."""
MANY_FOUND = 50
"""Values in one pattern from which on the pattern does: it tries each of them at every place."""
PASSES = 5


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
        """Return the text with a mask for everything that was found; most texts hold nothing of it.

        A mask can complete a value that holds one. What never comes to rest so is masked as a whole.
        """
        for _ in range(PASSES):
            shorter = self._once(text)
            if shorter == text:
                return text
            text = shorter
        return MASK

    def _once(self, text: str) -> str:
        if len(self.texts) + len(self.numbers) > MANY:
            return self._many.replace(text)
        patterns = self._patterns(text)
        if len(patterns) > MANY_FOUND:
            return self._many.replace(text)
        return re.sub("|".join(patterns), MASK, text) if patterns else text

    @cached_property
    def _many(self) -> ManyValues:
        from functions.runtime.many_values import ManyValues

        return ManyValues(self.texts, self.numbers, MASK)

    def _patterns(self, text: str) -> list[str]:
        """A search for each value is much faster than one pattern of them all; a few of them make the pattern."""
        texts = [re.escape(value) for value in self._texts if value in text]
        numbers = [re.escape(value) for value in self.numbers if value in text]
        return texts + [rf"(?<![\w.]){number}(?!\w)" for number in numbers]
