"""The generated part of the kinds' own pages: the fields of each kind."""

from __future__ import annotations

from pathlib import Path

from constructs_lib.cli._reference.field_tables import FieldTables
from constructs_lib.cli._reference.marked import with_part
from constructs_lib.declaration.checkpoint import Checkpoint
from constructs_lib.declaration.schema import json_schema
from constructs_lib.event_sources import EVENT_SOURCES
from constructs_lib.model.base import Frozen
from constructs_lib.network_profiles import NETWORK_PROFILES
from constructs_lib.outputs import OUTPUTS
from constructs_lib.runner_classes import RUNNER_CLASSES
from constructs_lib.stores import STORES

KINDS: tuple[type[Frozen], ...] = (*EVENT_SOURCES, *OUTPUTS, *STORES, *NETWORK_PROFILES, *RUNNER_CLASSES)
"""Every kind that a declaration can choose."""

PARTS: dict[str, tuple[str, type[Frozen]]] = {"checkpoint.md": ("checkpoint", Checkpoint)}
"""Parts of a declaration whose fields stand on a page of their own: the mark there, and the model."""


def page_of(kind: type[Frozen]) -> str:
    """Return the page of a kind, from the folder of the docs."""
    _, package, module = kind.__module__.split(".")
    return f"{package.replace('_', '-')}/{module}.md"


def kind_pages(docs: Path) -> dict[Path, str]:
    """Return every kind's page, and those of parts, with the fields that it has now.

    Raises:
        UserError: ``docs-part-missing`` for a page without the marks between which the fields stand.
    """
    definitions = json_schema()["$defs"]
    tables = FieldTables(definitions, {}, "###")
    pages = {}
    marked = {page_of(kind): (kind.__module__.partition(".")[2], kind) for kind in KINDS}
    for page, (mark, model) in {**marked, **PARTS}.items():
        file = docs / page
        fields = "\n\n".join(tables.of(definitions[model.__name__]))
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        pages[file] = with_part(file, text, f"fields: {mark}", fields)
    return pages
