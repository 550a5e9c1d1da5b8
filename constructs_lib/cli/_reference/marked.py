"""Pages that are written by hand and have a generated part between two marks."""

from __future__ import annotations

from pathlib import Path

from constructs_lib.errors import UserError

END = "<!-- end -->"


def with_part(file: Path, text: str, mark: str, part: str) -> str:
    """Return the text of a page with another part after its mark; what stands around it stays as it is.

    Raises:
        UserError: ``docs-part-missing`` where the page lacks the mark or the end of the part.
    """
    begin = f"<!-- {mark} -->"
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        allowed = f"{begin} and {END}, each on a line"
        raise UserError.of("docs-part-missing", str(file), f"no part {mark}", allowed, "add the two lines")
    return f"{before}{begin}\n\n{part}\n\n{END}{after}"
