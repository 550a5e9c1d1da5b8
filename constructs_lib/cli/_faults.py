"""Faults as people read them: the place, then found, allowed and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from constructs_lib.errors import Fault

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

LABELS = ("found", "allowed", "fix")


def print_faults(faults: Sequence[Fault], console: Console | None = None) -> None:
    """Print every fault to the error stream, in their order, and how many there are."""
    from rich.console import Console

    out = console or Console(stderr=True, soft_wrap=True, highlight=False)
    for fault in faults:
        out.print(_shown(fault))
    out.print(f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'}", style="bold red")


def _printable(text: str) -> str:
    """Return text that any terminal and any encoding takes: neither control characters nor half characters."""
    return "".join(char if char.isprintable() or char == " " else ascii(char)[1:-1] for char in text)


def _shown(fault: Fault) -> Text:
    from rich.text import Text

    text = Text()
    place = ":".join(str(part) for part in (fault.file, fault.line) if part is not None)
    text.append(place, style="bold")
    text.append(f"{' ' if place else ''}{fault.path}" if fault.path else "", style="bold cyan")
    text.append(f" [{fault.code}]\n", style="red")
    for label in LABELS:
        text.append(f"  {label:<8}", style="dim")
        text.append(f"{_printable(getattr(fault, label))}\n")
    return text
