"""The generated part of the kinds' own pages: the fields of each kind."""

from __future__ import annotations

import posixpath
from pathlib import Path

from constructs_lib.cli._reference.field_tables import FieldTables
from constructs_lib.cli._reference.marked import with_part
from constructs_lib.declaration.checkpoint import Checkpoint
from constructs_lib.declaration.schema import json_schema
from constructs_lib.declaration.workflow import Workflow
from constructs_lib.event_sources import EVENT_SOURCES
from constructs_lib.model.base import Frozen
from constructs_lib.model.workflow_state import Catch, StepRetry, Undo
from constructs_lib.network_profiles import NETWORK_PROFILES
from constructs_lib.outputs import OUTPUTS
from constructs_lib.runner_classes import RUNNER_CLASSES
from constructs_lib.stores import STORES
from constructs_lib.workflow_states import WORKFLOW_STATES

KINDS: tuple[type[Frozen], ...] = (
    *EVENT_SOURCES,
    *OUTPUTS,
    *STORES,
    *NETWORK_PROFILES,
    *RUNNER_CLASSES,
    *WORKFLOW_STATES,
)
"""Every kind that a declaration can choose."""

PARTS: tuple[tuple[str, str, type[Frozen]], ...] = (
    ("checkpoint.md", "checkpoint", Checkpoint),
    ("workflows.md", "workflow", Workflow),
    ("workflows.md", "step.retry", StepRetry),
    ("workflows.md", "step.catch", Catch),
    ("workflows.md", "step.undo", Undo),
)
"""Parts of a declaration whose fields stand on pages written by hand: the page, the mark there, and the model."""
DESCRIBED = {"StepRetry": "workflows.md#retry", "Catch": "workflows.md#catch", "Undo": "workflows.md#undo"}
"""Where the parts that many kinds have are described once, from the folder of the docs."""


def page_of(kind: type[Frozen]) -> str:
    """Return the page of a kind, from the folder of the docs."""
    _, package, module = kind.__module__.split(".")
    return f"{package.replace('_', '-')}/{module}.md"


def elsewhere(page: str) -> dict[str, str]:
    """Return the links from a page to the definitions that have a page, or a part of one, of their own."""
    pages = {kind.__name__: page_of(kind) for kind in KINDS} | DESCRIBED
    return {name: posixpath.relpath(target, posixpath.dirname(page) or ".") for name, target in pages.items()}


def kind_pages(docs: Path) -> dict[Path, str]:
    """Return every kind's page, and those of parts, with the fields that it has now.

    Raises:
        UserError: ``docs-part-missing`` for a page without the marks between which the fields stand.
    """
    definitions = json_schema()["$defs"]
    kinds = tuple((page_of(kind), kind.__module__.partition(".")[2], kind) for kind in KINDS)
    pages: dict[Path, str] = {}
    for page, mark, model in (*kinds, *PARTS):
        file = docs / page
        tables = FieldTables(definitions, elsewhere(page), "###")
        fields = "\n\n".join(tables.of(definitions[model.__name__]))
        text = pages.get(file) or (file.read_text(encoding="utf-8") if file.is_file() else "")
        pages[file] = with_part(file, text, f"fields: {mark}", fields)
    return pages
