"""The page of every code that a fault can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.cli._reference.markdown import code, page, table
from constructs_lib.error_codes import DECLARATION, EVIDENCE, PLAN, RUN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_READING = """\
Every fault of a declaration is reported at once: file, line and field, what was found, what is allowed, the way out,
and a code in brackets. Codes are stable; a script may rely on them. `pipelines check --format json` prints the same for
programs."""
_SECTIONS = {
    "Declaration": DECLARATION,
    "Plan and synthesis": PLAN,
    "Embedded run and command line": RUN,
    "Findings in the evidence": EVIDENCE,
}


def error_page() -> str:
    """Return the page; each table is in the order of the alphabet."""
    return page("Errors", _READING, *(block for title, codes in _SECTIONS.items() for block in _section(title, codes)))


def _section(title: str, codes: Mapping[str, str]) -> Iterator[str]:
    yield f"## {title}"
    yield table(("code", "meaning"), [(code(name), codes[name]) for name in sorted(codes)])
