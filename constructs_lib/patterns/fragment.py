"""Plain CloudFormation resources of one pipeline, brought into the stack in one step.

Alarms, log groups, mappings and the like are leaves: nobody builds on them, and made one by one each costs several
calls into the CDK kernel. ``CfnInclude`` brings them in as typed resources, so that aspects and cdk-nag see them.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import CfnResource, cloudformation_include

if TYPE_CHECKING:
    from constructs import Construct, IDependable


class Fragment:
    """Collects leaves; ``include`` makes them. Logical ids begin with the prefix and stay as they are."""

    def __init__(self, prefix: str) -> None:
        """Begin an empty fragment; ``prefix`` keeps two pipelines of one stack apart."""
        self.prefix = prefix
        self._resources: dict[str, dict[str, Any]] = {}
        self._tokens: dict[str, str] = {}
        self._earlier: list[tuple[str, IDependable]] = []
        self._included: cloudformation_include.CfnInclude | None = None

    def add(self, name: str, resource: dict[str, Any]) -> None:
        """Add one resource under a name that is unique in the pipeline."""
        self._resources[self.logical_id(name)] = resource

    def reference(self, token: str) -> dict[str, Any]:
        """Return what stands for a CDK token: a parameter that is replaced when the fragment is included."""
        parameter = self._tokens.setdefault(token, f"Token{len(self._tokens)}")
        return {"Ref": parameter}

    def make_after(self, name: str, earlier: IDependable) -> None:
        """Have a resource made after everything that ``earlier`` holds."""
        self._earlier.append((name, earlier))

    def override(self, name: str, path: str, value: object) -> None:
        """Set one property of a resource; ``path`` has dots between levels, and the position where one is a list."""
        properties = self._resources[self.logical_id(name)].get("Properties", {})
        self._resources[self.logical_id(name)]["Properties"] = _with(properties, path.split("."), value)

    def logical_id(self, name: str) -> str:
        """Return the logical id of a resource of the fragment."""
        return f"{self.prefix}{name}"

    def resource(self, name: str) -> CfnResource:
        """Return the typed L1 resource; raises ``KeyError`` before ``include``."""
        if self._included is None:
            raise KeyError(f"{name}: the fragment is not included yet")
        return self._included.get_resource(self.logical_id(name))

    def include(self, scope: Construct) -> None:
        """Bring all resources into the stack of ``scope``."""
        template = {
            "Parameters": {name: {"Type": "String"} for name in self._tokens.values()},
            "Resources": self._resources,
        }
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "fragment.json"
            file.write_text(json.dumps(template))
            self._included = cloudformation_include.CfnInclude(
                scope,
                "Leaves",
                template_file=str(file),
                parameters={name: token for token, name in self._tokens.items()},
            )
        for name, earlier in self._earlier:
            self.resource(name).node.add_dependency(earlier)


def _with(place: Any, levels: list[str], value: object) -> Any:
    """Return a property with a part of it set; as in CDK, what cannot have parts is replaced by what has just this."""
    if not levels:
        return value
    first, *rest = levels
    if isinstance(place, list) and first.isdigit() and int(first) <= len(place):
        position = int(first)
        changed = _with(place[position] if position < len(place) else {}, rest, value)
        return [*place[:position], changed, *place[position + 1 :]]
    parts = place if isinstance(place, dict) else {}
    return {**parts, first: _with(parts.get(first, {}), rest, value)}
