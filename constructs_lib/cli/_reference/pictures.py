"""The pictures of pipelines in a page: each is drawn from the plan of the declaration that its mark names."""

from __future__ import annotations

import re
from pathlib import Path

from constructs_lib.cli._diagram import mermaid
from constructs_lib.cli._diagram_workflow import workflow_picture
from constructs_lib.cli._reference.marked import with_part
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.declaration.pipeline import PipelineDeclaration

_MARK = re.compile(r"<!-- ((diagram|workflow): (\S+)) -->")
"""``diagram`` is the whole pipeline, ``workflow`` its steps alone."""


def with_pictures(file: Path) -> str:
    """Return the text of a page with every picture that it asks for; paths start from its folder.

    Raises:
        UserError: a picture has no end, or its declaration is faulty.
    """
    text = file.read_text(encoding="utf-8")
    for mark, kind, declaration in _MARK.findall(text):
        drawn = _drawn(load_pipeline(file.parent / declaration), kind)
        text = with_part(file, text, mark, f"```mermaid\n{drawn}```")
    return text


def _drawn(declaration: PipelineDeclaration, kind: str) -> str:
    if kind == "workflow" and declaration.workflow is not None:
        return workflow_picture(declaration.workflow)
    return mermaid(plan_pipeline(declaration), declaration.workflow)
