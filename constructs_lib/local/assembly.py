"""A synthesised cloud assembly on disk: its stacks in deployment order, and a copy adapted to the emulator."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from constructs_lib.local.custom_runtime import add_bootstraps
from constructs_lib.local.stack_artifact import StackArtifact
from constructs_lib.local.template_filter import Change, adapt_text

_STACK = "aws:cloudformation:stack"


@dataclass(frozen=True)
class Assembly:
    """The folder that ``cdk synth`` wrote."""

    folder: Path

    def stacks(self) -> tuple[StackArtifact, ...]:
        """Return every stack, each after those that it depends on."""
        manifest = json.loads((self.folder / "manifest.json").read_text())
        artifacts: dict[str, Any] = manifest["artifacts"]
        order = TopologicalSorter({name: artifact.get("dependencies", ()) for name, artifact in artifacts.items()})
        return tuple(self._stack(name, artifacts[name]) for name in order.static_order() if _is_stack(artifacts, name))

    def adapted(self, folder: Path, callback_scale: float = 1.0) -> tuple[Assembly, dict[str, tuple[Change, ...]]]:
        """Return a copy in ``folder`` whose templates the emulator accepts, and what was changed, by stack.

        ``callback_scale`` is multiplied with the time that a workflow waits for an answer from outside.
        """
        shutil.copytree(self.folder, folder, symlinks=True)
        copied = Assembly(folder)
        changes = {}
        for stack in copied.stacks():
            text, changes[stack.name] = adapt_text(stack.template.read_text(), callback_scale)
            stack.template.write_text(text)
        add_bootstraps(copied.stacks(), folder / "layers")
        return copied, changes

    def _stack(self, name: str, artifact: dict[str, Any]) -> StackArtifact:
        properties = artifact["properties"]
        listed = json.loads((self.folder / f"{name}.assets.json").read_text())["files"].values()
        return StackArtifact(
            name=properties.get("stackName", name),
            template=self.folder / properties["templateFile"],
            assets=tuple(asset for asset in listed if asset["source"].get("path") != properties["templateFile"]),
        )


def _is_stack(artifacts: dict[str, Any], name: str) -> bool:
    return bool(artifacts.get(name, {}).get("type") == _STACK)
