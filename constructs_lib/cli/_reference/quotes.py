"""What a page quotes: the words of ``pipelines check`` on a faulty file, and the table of measured targets."""

from __future__ import annotations

import io
import re
from pathlib import Path

from constructs_lib.cli._faults import print_faults
from constructs_lib.cli._reference.marked import with_part
from constructs_lib.declaration import load_pipeline
from constructs_lib.errors import DeclarationError, UserError

_CHECK = re.compile(r"<!-- (check: (\S+)) -->")
_TARGETS = "targets: "
_WIDTH = 118


def with_quotes(file: Path, text: str) -> str:
    """Return the text of a page with every quotation that it asks for; paths start from its folder.

    Raises:
        UserError: a quotation has no end, or what it quotes is not there.
    """
    for mark, declaration in _CHECK.findall(text):
        text = with_part(file, text, mark, f"```\n{_faults_of(file.parent, declaration)}```")
    for results in re.findall(rf"<!-- {_TARGETS}(\S+) -->", text):
        text = with_part(file, text, f"{_TARGETS}{results}", _targets(file.parent / results))
    return text


def _faults_of(folder: Path, declaration: str) -> str:
    from rich.console import Console

    shown = io.StringIO()
    try:
        load_pipeline(folder / declaration)
    except DeclarationError as error:
        print_faults(error.faults, Console(file=shown, width=_WIDTH, soft_wrap=True, color_system=None))
    return shown.getvalue().replace(str(folder / declaration), declaration)


def _targets(results: Path) -> str:
    """Return the first table of the results, with the line above it."""
    found = re.search(r"^## (Targets.*?)\n\n((?:\|.*\n)+)", results.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise UserError.of("docs-part-missing", str(results), "no table of targets", "## Targets", "run make bench")
    return f"{found[1]}.\n\n{found[2].rstrip()}"
