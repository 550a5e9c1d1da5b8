"""From a file to a declaration."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from constructs_lib.declaration.pipeline import PipelineDeclaration


def load_pipeline(path: str | Path) -> PipelineDeclaration:
    """Return the declaration of a YAML or JSON file."""
    file = Path(path)
    return parse_pipeline(file.read_text(encoding="utf-8"), file=str(path), directory=file.parent)


def parse_pipeline(text: str, *, file: str | None = None, directory: Path | None = None) -> PipelineDeclaration:
    """Return the declaration of a YAML or JSON text."""
    value = json.loads(text) if file and file.endswith(".json") else yaml.safe_load(text)
    return PipelineDeclaration.model_validate({**value, "directory": (directory or Path()).resolve()})
