"""Facts of table and archive side by side, on disk: however many there are, memory stays small."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from constructs_lib.operations.verify.fact import Fact
from constructs_lib.operations.verify.questions import ARCHIVE, INDEXES, ITEM, MOMENT, RUN_PARTITIONS, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

_BATCH = 1000


class Register:
    """A database in a temporary folder that is gone when the context closes; about 1 KB of disk an entry."""

    def __init__(self, seconds: int, archived_by: str, latest: str) -> None:
        """Judge as of ``seconds`` since 1970; entries recorded in between the two texts may not be archived yet."""
        self._moment = (seconds, archived_by, latest)
        self._waiting: dict[str, list[tuple[Any, ...]]] = {ARCHIVE: [], ITEM: []}

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="ledger-verify-")
        self._base = sqlite3.connect(Path(self._folder.name) / "facts.db")
        self._base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
        self._base.execute(MOMENT, self._moment)
        return self

    def __exit__(self, *error: object) -> None:
        self._base.close()
        self._folder.cleanup()

    def add_archived(self, fact: Fact, place: str, *, day_over: bool) -> None:
        """Keep a line of the archive: its object and line, and whether its day is over and due to be sealed."""
        self._add(ARCHIVE, (*vars(fact).values(), place, day_over))

    def add_item(self, fact: Fact, *, judged: bool = True) -> None:
        """Keep an item of the table; one that is not judged is there for others to be linked to."""
        self._add(ITEM, (*vars(fact).values(), judged))

    def complete(self) -> None:
        """Nothing more is added before the next questions; may be called again after more was."""
        for statement in self._waiting:
            self._flush(statement)
        self._base.executescript(INDEXES)

    def ask(self, question: str) -> Iterator[tuple[Fact, str]]:
        """Yield the facts that answer a question, each with what is told beside it."""
        for row in self._base.execute(question):
            yield Fact(*row[:-1]), str(row[-1])

    def count(self, question: str) -> int:
        """Return the answer to a question that counts."""
        return int(self._base.execute(question).fetchone()[0])

    def run_tokens(self) -> Iterator[str]:
        """Yield every run token that the archive names, each once."""
        for (pk,) in self._base.execute(RUN_PARTITIONS):
            yield pk.partition("#")[2]

    def _add(self, statement: str, row: tuple[Any, ...]) -> None:
        waiting = self._waiting[statement]
        waiting.append(row)
        if len(waiting) >= _BATCH:
            self._flush(statement)

    def _flush(self, statement: str) -> None:
        self._base.executemany(statement, self._waiting[statement])
        self._waiting[statement].clear()
