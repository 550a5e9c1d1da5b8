"""The steps of a run as bars on a time axis, for the picture of its story: here equal distances are equal times."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from constructs_lib.operations.story.duration import duration_text
from constructs_lib.operations.story.tree import BAD, Node, flat
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ROWS = 200
"""Bars that a picture shows; the JSON has all."""
WIDTH = 900
"""Pixels of a picture that has bars, at least."""
_LEFT, _ROW, _BAR, _HEAD = 260, 24, 14, 34
_COLOURS = {Status.SUCCEEDED.value: "#1a7f5a", Status.UNDONE.value: "#7a5ea8", Status.WARNED.value: "#b7791f"}
_BAD, _QUIET = "#c0392b", "#4a6fa5"


def height_of(tree: tuple[Node, ...]) -> int:
    """Return the pixels that the bars of a tree take; 0 where there are none."""
    rows = min(sum(1 for _ in flat(tree)), MOST_ROWS)
    return _HEAD + _ROW * rows + 30 if rows else 0


def bars(tree: tuple[Node, ...], top: int, width: int) -> Iterator[str]:
    """Yield a row for each node, from ``top`` on: its name, and a bar from its beginning to its end."""
    rows = list(flat(tree))
    if not rows:
        return
    first, last = min(node.began for node in tree), max(node.ended for node in tree)
    scale = (width - _LEFT - 90) / max(last - first, 1)
    yield _text(16, top + 20, "steps", 13, weight=600)
    yield _text(_LEFT, top + 20, "0")
    yield _text(width - 90, top + 20, duration_text(last - first), anchor="end")
    for number, (depth, node) in enumerate(rows[:MOST_ROWS]):
        yield from _bar(node, depth, top + _HEAD + _ROW * number, _LEFT + (node.began - first) * scale, scale)
    if len(rows) > MOST_ROWS:
        yield _text(16, top + _HEAD + _ROW * MOST_ROWS + 16, f"… and {len(rows) - MOST_ROWS} more")


def _bar(node: Node, depth: int, y: int, x: float, scale: float) -> Iterator[str]:
    took = node.ended - node.began
    length = max(took * scale, 3)
    bad = node.status in {status.value for status in BAD}
    colour = _BAD if bad else _COLOURS.get(node.status, _QUIET)
    said = [f"{node.path or node.name}: {node.status}"]
    said += [f"{one.status} {one.error_type} {one.error_message}".strip() for one in node.attempts]
    yield "<g>"
    yield f"<title>{_safe('; '.join(said))}</title>"
    yield _text(16 + 14 * depth, y + 12, node.name[:30])
    opacity = ' fill-opacity="0.35"' if node.children else ""
    yield f'<rect x="{x:.1f}" y="{y + 2}" width="{length:.1f}" height="{_BAR}" rx="3" fill="{colour}"{opacity}/>'
    yield _text(x + length + 6, y + 13, duration_text(took))
    yield "</g>"


def _text(x: float, y: int, said: str, size: int = 12, *, weight: int = 400, anchor: str = "start") -> str:
    place = f'x="{x:.0f}" y="{y}" font-size="{size}" font-weight="{weight}" fill="#22303c" text-anchor="{anchor}"'
    return f"<text {place}>{_safe(said)}</text>"


def _safe(text: str) -> str:
    """XML has no place for control characters."""
    return escape("".join(char if char.isprintable() else "�" for char in text))
