"""Texts in a Mermaid picture: whatever a declaration says, the picture stays one."""

from __future__ import annotations

_MEANT = str.maketrans(
    {
        "&": "&amp;",
        '"': "&quot;",
        "<": "&lt;",
        ">": "&gt;",
        "#": "&num;",
        "%": "&percnt;",
        "`": "&grave;",
        "\\": "&bsol;",
    }
)
"""What Mermaid, or the page around it, reads as more than a letter."""
_LONGEST = 60


def label(*lines: str) -> str:
    """Return a label of lines, between quotes; each line is cut where it is too long."""
    return '"' + "<br/>".join(_cut(" ".join(line.split())).translate(_MEANT) for line in lines if line) + '"'


def condition(expression: str) -> str:
    """Return a JSONata expression without the signs around it."""
    return expression.removeprefix("{%").removesuffix("%}").strip()


def _cut(text: str) -> str:
    plain = "".join(char if char.isprintable() else "�" for char in text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
