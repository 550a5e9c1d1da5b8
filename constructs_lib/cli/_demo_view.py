"""The embedded run as people read it, with or without a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from constructs_lib.local.stories.telling import Telling
    from constructs_lib.operations.story.story import Story
    from functions.contract.ledger import LedgerEntry

_SHOWN_ID = 8
"""Characters of an id that are shown: enough to tell runs apart."""
_WIDTH = 120
"""Columns where there is no terminal to ask."""


def make_console() -> Console:
    """Return a console for the standard output, wide enough for tables where that is a file."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, soft_wrap=True, width=_WIDTH)


class DemoView:
    """Prints every step as it happens."""

    def __init__(self, console: Console) -> None:
        """Print to a console; without a terminal it prints plain lines."""
        self._console = console
        self._steps = 0

    def step(self, title: str) -> None:
        """A step begins."""
        self._steps += 1
        self._console.print(f"\n[bold cyan]{self._steps}. {title}[/]")

    def line(self, text: str) -> None:
        """Something happened in it."""
        self._console.print(f"   {text}", markup=False)

    def done(self, seconds: float) -> None:
        """The step is over."""
        self._console.print(f"   [dim]{seconds:.1f} s[/]")

    def expectations(self, telling: Telling) -> None:
        """A story has been told; this is what was expected of it."""
        for expectation in telling.expectations:
            mark, style = ("ok", "green") if expectation.held else ("NOT SO", "bold red")
            self._console.print(f"   [{style}]{mark}[/] ", end="")
            self._console.print(str(expectation), markup=False)

    def record(self, record: Story) -> None:
        """The whole way of one record, as ``pipelines run show`` shows it."""
        from constructs_lib.cli._run_view import run_table

        self._console.print(run_table(record))

    def ledger(self, entries: tuple[LedgerEntry, ...]) -> None:
        """Everything that the ledger knows in the end."""
        self._console.print()
        self._console.print(ledger_table(entries))


def ledger_table(entries: tuple[LedgerEntry, ...]) -> object:
    """Return entries as a table, oldest first."""
    from rich.table import Table

    table = Table(title=f"Evidence ledger: {len(entries)} entries", title_justify="left", box=None, pad_edge=False)
    for heading in ("at (UTC)", "run token", "run", "status", "attempt", "continues", "error", "by"):
        table.add_column(heading, no_wrap=True)
    for entry in entries:
        table.add_row(
            entry.recorded_at[11:19],
            entry.run_token[:_SHOWN_ID],
            _short(entry.run_id),
            entry.status.value,
            str(entry.attempt),
            _short(entry.parent_run_id or ""),
            entry.error_type or "",
            entry.function.rpartition("/")[2],
        )
    return table


def _short(run_id: str) -> str:
    """Message ids have no dots: behind the first stand the attempt, and of a replay the word and an id of its own."""
    message, *rest = run_id.split(".")
    return ".".join([message[:_SHOWN_ID], *(part[:_SHOWN_ID] for part in rest[:2])])
