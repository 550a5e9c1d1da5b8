"""The pipelines as users of the library write them: one declaration each, loaded and built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import PipelineStack, load_pipelines
from constructs_lib.patterns import PlatformStack

if TYPE_CHECKING:
    from pathlib import Path

    from aws_cdk import App

    from constructs_lib.patterns import Bundler


def add_stacks(app: App, folder: Path, bundler: Bundler | None = None) -> None:
    """Add the platform's stack and one for each declaration in ``folder``'s pipelines."""
    shared = PlatformStack(app, "platform-dev", bundler=bundler)
    for declaration in load_pipelines(folder / "pipelines"):
        PipelineStack(app, f"{declaration.pipeline}-dev", declaration, platform=shared.platform, bundler=bundler)
