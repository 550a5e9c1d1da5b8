"""The table of drills in the page about them."""

from __future__ import annotations

from pathlib import Path

from constructs_lib.cli._reference.markdown import code, table
from constructs_lib.cli._reference.marked import with_part


def with_drills(file: Path) -> str:
    """Return the page with every drill and what it promises.

    Raises:
        UserError: the page has no place for it.
    """
    from constructs_lib.drills.registry import all_drills

    rows = [(code(one.name), one.promise) for one in all_drills()]
    return with_part(file, file.read_text(encoding="utf-8"), "drills", table(("drill", "what it promises"), rows))
