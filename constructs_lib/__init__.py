"""Serverless data pipelines on AWS.

Public names are imported when they are used, so that validating a declaration starts no Node and imports no CDK.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.composition import plan_pipeline
    from constructs_lib.declaration import PipelineDeclaration, by_stack, load_pipeline, load_pipelines
    from constructs_lib.governance.acknowledge import acknowledge
    from constructs_lib.governance.attach import govern, synthesize
    from constructs_lib.patterns import (
        Bundler,
        BundleTarget,
        Encryption,
        EvidenceLock,
        LockMode,
        Pipeline,
        PipelineStack,
        Platform,
        PlatformReference,
        PlatformStack,
    )

__all__ = [
    "BundleTarget",
    "Bundler",
    "Encryption",
    "EvidenceLock",
    "LockMode",
    "Pipeline",
    "PipelineDeclaration",
    "PipelineStack",
    "Platform",
    "PlatformReference",
    "PlatformStack",
    "acknowledge",
    "by_stack",
    "govern",
    "load_pipeline",
    "load_pipelines",
    "plan_pipeline",
    "synthesize",
]

_HOMES = {
    "acknowledge": "governance.acknowledge",
    "govern": "governance.attach",
    "synthesize": "governance.attach",
    "plan_pipeline": "composition",
    "PipelineDeclaration": "declaration",
    "by_stack": "declaration",
    "load_pipeline": "declaration",
    "load_pipelines": "declaration",
}
"""Where a public name lives; constructs, which are all others, live in ``patterns``."""


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES.get(name, 'patterns')}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
