"""Serverless data pipelines on AWS.

Public names are imported when they are used, so that validating a declaration starts no Node and imports no CDK.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.declaration import PipelineDeclaration, load_pipeline
    from constructs_lib.declaration.folder import load_pipelines
    from constructs_lib.patterns import Pipeline, PipelineStack, Platform

__all__ = ["Pipeline", "PipelineDeclaration", "PipelineStack", "Platform", "load_pipeline", "load_pipelines"]

_HOMES = {
    "Pipeline": "patterns",
    "PipelineDeclaration": "declaration",
    "PipelineStack": "patterns",
    "Platform": "patterns",
    "load_pipeline": "declaration",
    "load_pipelines": "declaration.folder",
}


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
