"""The generated parts of the docs and the JSON Schema, written from the models that they describe."""

from __future__ import annotations

from pathlib import Path

from constructs_lib.cli._reference.catalog_page import catalog_page
from constructs_lib.cli._reference.command_page import command_page
from constructs_lib.cli._reference.declaration_page import declaration_page
from constructs_lib.cli._reference.drill_page import with_drills
from constructs_lib.cli._reference.environment_page import environment_page
from constructs_lib.cli._reference.error_page import error_page
from constructs_lib.cli._reference.example_page import example_page
from constructs_lib.cli._reference.kind_pages import kind_pages
from constructs_lib.cli._reference.pictures import with_pictures
from constructs_lib.cli._reference.quotes import with_quotes
from constructs_lib.cli._reference.rule_page import rule_page
from constructs_lib.declaration.schema import schema_text


def generated_files(project: Path) -> dict[Path, str]:
    """Return every file of a checkout that is generated, or holds a generated part, with the text it should have.

    Raises:
        UserError: a page has no place for what belongs there.
    """
    docs, readme = project / "docs", project / "README.md"
    return {
        project / "constructs_lib" / "declaration" / "pipeline.schema.json": schema_text(),
        **kind_pages(docs),
        docs / "reference" / "declaration.md": declaration_page(),
        docs / "reference" / "errors.md": error_page(),
        docs / "reference" / "environment.md": environment_page(),
        docs / "reference" / "catalog.md": catalog_page(),
        docs / "reference" / "commands.md": command_page(),
        **({docs / "reference" / "examples.md": example_page(project)} if (project / "examples").is_dir() else {}),
        **{page: with_pictures(page) for page in sorted((project / "examples").glob("*/README.md"))},
        docs / "rules" / "index.md": rule_page(),
        docs / "fan-in.md": with_pictures(docs / "fan-in.md"),
        docs / "drills.md": with_drills(docs / "drills.md"),
        **({readme: with_quotes(readme, with_pictures(readme))} if readme.is_file() else {}),
    }
