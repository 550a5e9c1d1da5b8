"""Markdown that reads well as plain text, too: padded tables, and docstrings in the words of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

GENERATED = "<!-- Written by `pipelines docs` from the source code; changes belong there. -->"
"""First line of a page that is generated as a whole."""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose columns are padded, all but the last: its texts are long."""
    cells = [[_cell(text) for text in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(headings), *cells]) for column in range(len(headings) - 1)]
    lines = [_line(headings, widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|---|"]
    return "\n".join([*lines, *(_line(row, widths) for row in cells)])


def prose(docstring: str | None) -> str:
    """Return a docstring as one line of Markdown."""
    return " ".join((docstring or "").replace("``", "`").split())


def code(text: str) -> str:
    """Return a text as code."""
    return f"`{text}`"


def listed(words: Sequence[str]) -> str:
    """Return words as a choice: ``a, b or c``."""
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)


def anchor(heading: str) -> str:
    """Return the fragment that a heading has on its page, as GitHub makes it."""
    return "#" + re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")


def page(title: str, *blocks: str) -> str:
    """Return a page that is generated as a whole."""
    return "\n\n".join([GENERATED, f"# {title}", *blocks]) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
    return f"| {' | '.join([*padded, row[-1]])} |"
