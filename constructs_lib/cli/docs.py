"""``pipelines docs``: the parts of the docs that are written from the source code, and the JSON Schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def docs(
    *,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; name every file that is stale.")] = False,
    project: Annotated[Path | None, typer.Option(help="Folder of the checkout; the current one by default.")] = None,
) -> None:
    """Write the JSON Schema, the tables of fields in the pages of the kinds, and the reference pages."""
    from constructs_lib.cli._reference import generated_files

    home = project or Path.cwd()
    _require_checkout(home)
    stale = {file: text for file, text in generated_files(home).items() if _text_of(file) != text}
    for file, text in stale.items():
        if not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        typer.echo(f"{'stale' if check else 'written'}: {file.relative_to(home).as_posix()}")
    if check and stale:
        typer.echo("run: make docs", err=True)
        raise typer.Exit(1)


def _require_checkout(home: Path) -> None:
    from constructs_lib.errors import Fault, UserError

    if not (home / "docs" / "index.md").is_file():
        found, fix = "holds no docs/index.md", "go there, or name it with --project"
        raise UserError([Fault("project-missing", "", found, "the folder of a checkout", fix, str(home))])


def _text_of(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None
