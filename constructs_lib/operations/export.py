"""Ledger entries in a file: as the archive has them, one after the other, however many there are."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from constructs_lib.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from constructs_lib.operations.archive import Archive
    from constructs_lib.operations.window import Window


class EntryWriter(Protocol):
    """Writes texts of entries to a file while its context is open."""

    def __enter__(self) -> Self:
        """Open the file."""

    def __exit__(self, *error: object) -> None:
        """Close it; without an error it is complete then."""

    def write(self, text: str) -> None:
        """Add one entry by its text."""


class JsonLines:
    """One entry a line, the text that was archived and hashed."""

    def __init__(self, file: Path) -> None:
        """Nothing is opened yet."""
        self._path = file

    def __enter__(self) -> Self:
        self._file = self._path.open("w", encoding="utf-8", newline="\n")
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def write(self, text: str) -> None:
        """Add a line."""
        self._file.write(f"{text}\n")


def export(archive: Archive, window: Window, now: datetime, output: Path, writer: Callable[[Path], EntryWriter]) -> int:
    """Write the entries of a window in archive order and return how many; a file that is there is replaced at the end.

    Raises:
        UserError: ``output-unwritable``, or what the archive raises.
    """
    count = 0
    with _beside(output) as file, writer(file) as written:
        for text in archive.texts_in(window, now):
            written.write(text)
            count += 1
    return count


@contextmanager
def _beside(output: Path) -> Iterator[Path]:
    """Yield a file in the output's folder that takes its place when all went well."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as folder:
            file = Path(folder) / output.name
            yield file
            file.replace(output)
    except OSError as error:
        allowed, fix = "a file in a folder that can be written", "name another file with --output"
        raise UserError.of("output-unwritable", str(output), str(error), allowed, fix) from None
