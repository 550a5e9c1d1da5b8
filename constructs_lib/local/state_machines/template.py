"""State machines of a template: their definitions are rewritten, their versions and aliases give way to themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from constructs_lib.local.state_machines.definition import for_emulator

if TYPE_CHECKING:
    from constructs_lib.local.state_machines.expressions import Json

_MACHINE = "AWS::StepFunctions::StateMachine"
_VERSION, _ALIAS = "AWS::StepFunctions::StateMachineVersion", "AWS::StepFunctions::StateMachineAlias"
_ALIAS_ARN = re.compile(r"(:stateMachine:[A-Za-z0-9_.-]+):[A-Za-z][A-Za-z0-9_.-]*")
_MARK = re.compile("\x02(\\d+)\x03")


def rewrite_definitions(template: Json, callback_scale: float = 1.0) -> Iterator[tuple[str, str]]:
    """Rewrite every definition in place; yield the state machine's logical id and what was changed.

    Raises:
        ValueError: a definition is neither a text, nor one with substitutions, nor the join of texts and references.
    """
    for name, resource in template.get("Resources", {}).items():
        properties = resource.get("Properties", {})
        if resource["Type"] == _MACHINE and "DefinitionString" in properties:
            properties["DefinitionString"], changes = _rewritten(properties["DefinitionString"], callback_scale)
            yield from ((name, change) for change in changes)


def _rewritten(definition: Any, callback_scale: float) -> tuple[Any, tuple[str, ...]]:
    substituted = definition.get("Fn::Sub") if isinstance(definition, dict) else None
    if substituted is None:
        text, references = _as_text(definition)
        rewritten, changes = for_emulator(json.loads(text), callback_scale)
        return _as_property(json.dumps(rewritten), references), changes
    text, *variables = substituted if isinstance(substituted, list) else [substituted]
    rewritten, changes = for_emulator(json.loads(text), callback_scale)
    return {"Fn::Sub": [json.dumps(rewritten), *variables] if variables else json.dumps(rewritten)}, changes


def name_machines_themselves(template: Json) -> Iterator[tuple[str, str]]:
    """Let what refers to a version or an alias of a state machine refer to it; yield what was changed where."""
    resources: Json = template.get("Resources", {})
    machines = _machines_behind(resources)
    for section in ("Resources", "Outputs"):
        for name, node in template.get(section, {}).items():
            if node.get("Type") in {_VERSION, _ALIAS}:
                continue
            changed = _by_machine(node, machines)
            if changed != node:
                template[section][name] = changed
                yield name, "the state machine stands for its alias: the emulator's CloudFormation has none"


def _machines_behind(resources: Json) -> dict[str, str]:
    """Return the state machine of each version and alias, by logical id."""
    versions = {
        name: _first_reference(resource["Properties"]["StateMachineArn"])
        for name, resource in resources.items()
        if resource["Type"] == _VERSION
    }
    aliases = {
        name: versions[_first_reference(resource["Properties"])]
        for name, resource in resources.items()
        if resource["Type"] == _ALIAS
    }
    return versions | aliases


def _first_reference(node: Any) -> str:
    """Return the first name that a ``Ref`` or a ``Fn::GetAtt`` mentions; raises ``ValueError`` where none does."""
    found = next(_references(node), None)
    if found is None:
        raise ValueError(f"refers to nothing: {json.dumps(node)}")
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "Ref" in node:
            yield node["Ref"]
        if "Fn::GetAtt" in node:
            yield node["Fn::GetAtt"][0]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def _by_machine(node: Any, machines: dict[str, str]) -> Any:
    if isinstance(node, dict):
        referred = node.get("Ref") or (node.get("Fn::GetAtt") or [None])[0]
        if len(node) == 1 and referred in machines:
            return {"Ref": machines[referred]}
        return {key: _by_machine(value, machines) for key, value in node.items()}
    if isinstance(node, list):
        return [_by_machine(item, machines) for item in node]
    return _ALIAS_ARN.sub(r"\1", node) if isinstance(node, str) else node


def _as_text(definition: Any) -> tuple[str, list[Any]]:
    """Return the definition with a mark for every reference in it, and the references."""
    if isinstance(definition, str):
        return definition, []
    if not isinstance(definition, dict) or "Fn::Join" not in definition or definition["Fn::Join"][0]:
        raise ValueError("a definition is a text, or texts and references joined by nothing")
    pieces = definition["Fn::Join"][1]
    references = [piece for piece in pieces if not isinstance(piece, str)]
    marks = (f"\\u0002{number}\\u0003" for number in range(len(references)))
    return "".join(piece if isinstance(piece, str) else next(marks) for piece in pieces), references


def _as_property(text: str, references: list[Any]) -> Any:
    if not references:
        return text
    parts = _MARK.split(text.replace("\\u0002", "\x02").replace("\\u0003", "\x03"))
    pieces = [references[int(part)] if number % 2 else part for number, part in enumerate(parts)]
    return {"Fn::Join": ["", [piece for piece in pieces if piece != ""]]}
