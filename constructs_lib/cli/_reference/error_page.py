"""The page of every code that a faulty declaration can bring."""

from __future__ import annotations

from constructs_lib.cli._reference.markdown import code, page, table
from constructs_lib.declaration.codes import CODES

_READING = """\
Every fault of a declaration is reported at once: file, line and field, what was found, what is allowed, the way out,
and a code in brackets. Codes are stable; a script may rely on them. `pipelines check --format json` prints the same for
programs."""


def error_page() -> str:
    """Return the page, in the order of the alphabet."""
    return page("Errors", _READING, table(("code", "meaning"), [(code(name), CODES[name]) for name in sorted(CODES)]))
