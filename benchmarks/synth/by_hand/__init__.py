"""The same pipelines as a CDK engineer writes them: L2 constructs, one stack class, called once for each name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.synth.by_hand.pipeline import WebhookByHand
from benchmarks.synth.by_hand.platform import PlatformByHand

if TYPE_CHECKING:
    from pathlib import Path

    from aws_cdk import App


def add_stacks(app: App, folder: Path) -> None:
    """Add the shared stack and one for each pipeline that ``folder`` names, with the finished bundles it names."""
    given = json.loads((folder / "given.json").read_text())
    shared = PlatformByHand(app, "platform-dev", layer=given["layer"])
    for name in given["pipelines"]:
        stack = WebhookByHand(app, f"{name}-dev", pipeline=name, code=given["code"])
        stack.add_stack_dependency(shared)
