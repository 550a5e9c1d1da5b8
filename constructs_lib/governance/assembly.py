"""The templates of an app, nested stacks included; what one exports and another imports stands in both as its ARN."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from constructs_lib.governance.template import (
    ALIASES,
    BUCKET,
    FUNCTION,
    LOG_GROUP,
    NAMES,
    QUEUE,
    ROLE,
    TABLE,
    TOPIC,
    Directory,
    Template,
    text,
)

_HERE: Final = "<Region>:<AccountId>"
_ARNS: Final = {
    FUNCTION: f"lambda:{_HERE}:function:",
    QUEUE: f"sqs:{_HERE}:",
    BUCKET: "s3:::",
    TABLE: f"dynamodb:{_HERE}:table/",
    TOPIC: f"sns:{_HERE}:",
    ROLE: "iam::<AccountId>:role/",
    LOG_GROUP: f"logs:{_HERE}:log-group:",
}
"""What stands in front of a resource's name in its ARN."""


def read_templates(files: Iterable[Path]) -> tuple[Template, ...]:
    """Return the templates of an app, nested stacks included, each known to the others."""
    documents: dict[Path, Any] = {}
    waiting = list(files)
    while waiting:
        file = waiting.pop(0)
        if file not in documents:
            documents[file] = json.loads(file.read_text(encoding="utf-8"))
            waiting.extend(_nested(documents[file], file.parent))
    directory, exports = Directory(), exports_of(documents.values())
    return tuple(Template(imported(document, exports), str(file), directory) for file, document in documents.items())


def exports_of(documents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return what each export of the templates means; exports of what no rule reads are left out."""
    return dict(pair for document in documents for pair in _exports(document))


def imported(document: Any, exports: Mapping[str, str]) -> Any:
    """Return a part of a template with every known import replaced by what it means."""
    if not exports:
        return document
    if isinstance(document, list):
        return [imported(item, exports) for item in document]
    if not isinstance(document, dict):
        return document
    name = document.get("Fn::ImportValue")
    if isinstance(name, str) and name in exports:
        return exports[name]
    return {key: imported(value, exports) for key, value in document.items()}


def _exports(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    resources = document.get("Resources", {})
    for output in document.get("Outputs", {}).values():
        name = output.get("Export", {}).get("Name")
        meaning = _meaning(output.get("Value"), resources)
        if isinstance(name, str) and meaning:
            yield name, meaning


def _meaning(value: Any, resources: Mapping[str, Any]) -> str:
    """Return the name or the ARN of the resource that a Ref or GetAtt means, or nothing."""
    if not isinstance(value, Mapping) or not value.keys() <= {"Ref", "Fn::GetAtt"}:
        return ""
    (argument,) = value.values()
    logical_id, _, attribute = (argument if isinstance(argument, str) else ".".join(argument)).partition(".")
    resource = resources.get(logical_id, {})
    kind, properties = resource.get("Type"), resource.get("Properties", {})
    if kind in ALIASES:
        return _meaning(properties.get("FunctionName"), resources)
    if kind not in _ARNS:
        return ""
    name = text(properties.get(NAMES[kind], logical_id))
    is_arn = attribute == "Arn" or (not attribute and kind in (QUEUE, TOPIC))
    return f"arn:<Partition>:{_ARNS[kind]}{name}" if is_arn else name


def _nested(document: Mapping[str, Any], folder: Path) -> Iterable[Path]:
    for body in document.get("Resources", {}).values():
        asset = body.get("Metadata", {}).get("aws:asset:path", "")
        if body.get("Type") == "AWS::CloudFormation::Stack" and asset.endswith(".json"):
            yield folder / asset
