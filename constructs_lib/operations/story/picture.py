"""The story as a picture: a self-contained SVG with a lane for each place, and time from left to right.

Waiting can be a thousand times longer than working, so equal distances are not equal times: each step has its place,
and the time that passed is written between them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from constructs_lib.operations.story.bars import WIDTH, bars, height_of
from constructs_lib.operations.story.duration import duration_text
from constructs_lib.operations.story.step import Lane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.operations.story.step import Step
    from constructs_lib.operations.story.story import Story

_LEFT, _TOP, _COLUMN, _ROW, _BOX = 130, 84, 232, 62, 202
"""Pixels: the column of lane names, the headings, a step with the gap after it, a lane, and a step's box."""
_GOOD, _BAD, _QUIET, _LINE, _TEXT = "#1a7f5a", "#c0392b", "#4a6fa5", "#d7dce2", "#22303c"
_LETTERS = 24
"""Letters that fit into a box, in bold."""
_FONT = "font-family=\"ui-sans-serif, system-ui, 'DejaVu Sans', sans-serif\""


def picture(story: Story) -> str:
    """Return the SVG; nothing in it refers to anything outside."""
    lanes = [lane for lane in Lane if any(step.lane is lane for step in story.steps)]
    width = max(_LEFT + _COLUMN * len(story.steps) + 20, WIDTH if story.tree else 0)
    below = _TOP + _ROW * len(lanes) + 54
    height = below + height_of(story.tree)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" {_FONT} role="img">',
            f"<title>{_safe(story.pipeline)} {_safe(story.run_token)}</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *_heading(story),
            *_lanes(lanes, width),
            *_path(story.steps, lanes),
            *(line for number, step in enumerate(story.steps) for line in _box(step, number, lanes)),
            *(line for number, step in enumerate(story.steps) for line in _waiting(step, number, len(lanes))),
            *bars(story.tree, below, width),
            "</svg>",
        ]
    )


def _heading(story: Story) -> Iterator[str]:
    yield _text(16, 30, f"{story.pipeline}  ·  {story.run_token}", 16, weight=600)
    own = {step.run_id for step in story.steps}
    others = [parent for parent in story.parents if parent not in own]
    parents = f", continues {', '.join(others)}" if others else ""
    said = f"{story.status} after {duration_text(story.duration_ms)}, tenant {story.tenant}{parents}"
    yield _text(16, 54, said, 13, colour="#5b6875")


def _lanes(lanes: list[Lane], width: int) -> Iterator[str]:
    for row, lane in enumerate(lanes):
        top = _TOP + _ROW * row
        if row % 2 == 0:
            yield f'<rect x="0" y="{top}" width="{width}" height="{_ROW}" fill="#f6f8fa"/>'
        yield _text(16, top + _ROW // 2 + 5, lane.value, 13, weight=600)


def _path(steps: tuple[Step, ...], lanes: list[Lane]) -> Iterator[str]:
    for number, (one, other) in enumerate(pairwise(steps)):
        x, y = _place(number, one, lanes)
        to_x, to_y = _place(number + 1, other, lanes)
        middle = x + _BOX + (_COLUMN - _BOX) // 2
        yield (
            f'<path d="M {x + _BOX} {y + 21} H {middle} V {to_y + 21} H {to_x}" '
            f'fill="none" stroke="#9aa7b4" stroke-width="1.5"/>'
        )


def _box(step: Step, number: int, lanes: list[Lane]) -> Iterator[str]:
    x, y = _place(number, step, lanes)
    colour = _BAD if step.failed else _GOOD if step.lane in {Lane.ATTEMPTS, Lane.OUTPUTS} else _QUIET
    yield "<g>"
    yield f"<title>{_safe(_said(step))}</title>"
    place = f'x="{x}" y="{y}" width="{_BOX}" height="42" rx="5"'
    yield f'<rect {place} fill="#ffffff" stroke="{colour}" stroke-width="1.5"/>'
    yield _text(x + 8, y + 17, _cut(step.what), 12, weight=600, colour=colour)
    yield _text(x + 8, y + 34, _cut(_beside(step)), 11, colour="#5b6875")
    yield "</g>"


def _waiting(step: Step, number: int, lanes: int) -> Iterator[str]:
    """Below the lanes: what passed before a step."""
    if step.waited_ms is not None:
        x = _LEFT + _COLUMN * number - (_COLUMN - _BOX) // 2
        bottom = _TOP + _ROW * lanes
        yield f'<line x1="{x}" y1="{_TOP}" x2="{x}" y2="{bottom + 8}" stroke="{_LINE}" stroke-dasharray="2 4"/>'
        yield _text(x, bottom + 26, f"+{duration_text(step.waited_ms)}", 11, anchor="middle", colour="#5b6875")


def _place(number: int, step: Step, lanes: list[Lane]) -> tuple[int, int]:
    return _LEFT + _COLUMN * number, _TOP + _ROW * lanes.index(step.lane) + 10


def _beside(step: Step) -> str:
    for name in ("error_type", "by", "location", "function_version"):
        if name in step.detail:
            value = str(step.detail[name])
            told = {
                "location": value.rpartition("/")[2],
                "by": value.rpartition(":")[2].rpartition("/")[2],
                "function_version": f"version {value}",
            }
            took = f"{duration_text(step.duration_ms)}, " if step.lane is Lane.ATTEMPTS else ""
            return f"{took}{told.get(name, value)}"
    return step.run_id


def _said(step: Step) -> str:
    return " ".join([step.what, step.run_id, *(f"{name}: {value}" for name, value in step.detail.items())])


def _cut(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"


def _text(
    x: int, y: int, said: str, size: int, *, weight: int = 400, colour: str = _TEXT, anchor: str = "start"
) -> str:
    place = f'x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}"'
    return f"<text {place}>{_safe(said)}</text>"


def _safe(text: str) -> str:
    """XML has no place for control characters."""
    return escape("".join(char if char.isprintable() else "�" for char in text))
