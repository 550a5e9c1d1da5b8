"""Which pipelines and platforms an app holds, so that governance can judge them together."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from constructs import IConstruct

    from constructs_lib.patterns.pipeline import Pipeline
    from constructs_lib.patterns.platform import Platform

_pipelines: WeakKeyDictionary[IConstruct, list[Pipeline]] = WeakKeyDictionary()
_platforms: WeakKeyDictionary[IConstruct, list[Platform]] = WeakKeyDictionary()


def register_pipeline(pipeline: Pipeline) -> None:
    """Note a pipeline below the root of its construct tree."""
    _pipelines.setdefault(pipeline.node.root, []).append(pipeline)


def register_platform(platform: Platform) -> None:
    """Note a platform below the root of its construct tree."""
    _platforms.setdefault(platform.node.root, []).append(platform)


def pipelines_of(root: IConstruct) -> tuple[Pipeline, ...]:
    """Return the pipelines below a root in the order in which they were made."""
    return tuple(_pipelines.get(root, ()))


def platforms_of(root: IConstruct) -> tuple[Platform, ...]:
    """Return the platforms below a root in the order in which they were made."""
    return tuple(_platforms.get(root, ()))
