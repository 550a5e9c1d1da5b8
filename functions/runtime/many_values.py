"""Finding very many values inside of one text, in a time that grows with the text and not with their number.

A record of a megabyte can hold tens of thousands of values; one pattern of them all would be tried at every character.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

DIGITS = re.compile(r"(-?[0-9]+)(\.[0-9]+)?(e[+-][0-9]+)?")
"""How Python writes a number."""
NUMBER = re.compile(rf"(?<![\w.]){DIGITS.pattern}")
"""A number that is no part of something else: a point or a letter before it would make it one."""
WORD = re.compile(r"\w")
PREFIX = 4
"""First characters by which values are looked up; none is shorter."""
LIMIT = 50_000_000
"""Characters compared for one text, about a second; a text that takes more is masked as a whole."""


class ManyValues:
    """Texts by their first characters and lengths, and numbers that count only where they stand alone."""

    def __init__(self, texts: Collection[str], numbers: Collection[str], mask: str) -> None:
        """Every value has at least ``PREFIX`` characters."""
        self._texts = texts
        self._numbers = numbers
        self._mask = mask
        lengths: dict[str, set[int]] = {}
        for text in texts:
            lengths.setdefault(text[:PREFIX], set()).add(len(text))
        self._lengths = {prefix: sorted(found, reverse=True) for prefix, found in lengths.items()}

    def replace(self, text: str) -> str:
        """Return the text with a mask for each value, the longest of those that begin at one place."""
        parts: list[str] = []
        at = done = compared = 0
        while at <= len(text) - PREFIX:
            lengths = self._lengths.get(text[at : at + PREFIX], ())
            compared += sum(lengths)
            if compared > LIMIT:
                return self._mask
            end = self._text_end(text, at, lengths) or self._number_end(text, at, DIGITS if at == done else NUMBER)
            if end:
                parts += (text[done:at], self._mask)
                at = done = end
            else:
                at += 1
        return "".join((*parts, text[done:]))

    def _text_end(self, text: str, at: int, lengths: Collection[int]) -> int:
        return next((at + length for length in lengths if text[at : at + length] in self._texts), 0)

    def _number_end(self, text: str, at: int, number: re.Pattern[str]) -> int:
        """Return where a number ends that begins here, be it only the first part of one; 0 where none does.

        Behind a mask every number stands alone, whatever was masked.
        """
        found = number.match(text, at) if self._numbers else None
        ends = [found.end(part) for part in (0, 2, 1) if found[part]] if found else ()
        return next((end for end in ends if text[at:end] in self._numbers and not WORD.match(text, end)), 0)
