"""CloudFormation templates as rules read them: resources by type, and references followed to what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

FUNCTION: Final = "AWS::Lambda::Function"
QUEUE: Final = "AWS::SQS::Queue"
ALARM: Final = "AWS::CloudWatch::Alarm"
BUCKET: Final = "AWS::S3::Bucket"
TABLE: Final = "AWS::DynamoDB::Table"
TOPIC: Final = "AWS::SNS::Topic"
ROLE: Final = "AWS::IAM::Role"
LOG_GROUP: Final = "AWS::Logs::LogGroup"
MAPPING: Final = "AWS::Lambda::EventSourceMapping"

UNKNOWN: Final = "<?>"
"""Stands for a value that only the deployment knows."""

NAMES: Final = {
    FUNCTION: "FunctionName",
    QUEUE: "QueueName",
    ALARM: "AlarmName",
    BUCKET: "BucketName",
    TABLE: "TableName",
    TOPIC: "TopicName",
    ROLE: "RoleName",
    LOG_GROUP: "LogGroupName",
}
_PSEUDO = re.compile(r"\$\{AWS::(\w+)\}")
_OWN = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}")
ALIASES: Final = ("AWS::Lambda::Alias", "AWS::Lambda::Version")


def canonical(value: str) -> str:
    """Return a text with its pseudo parameters as ``<Region>``, so that names and ARNs compare and split by colons."""
    return _PSEUDO.sub(r"<\1>", value)


def text(value: object) -> str:
    """Return the text a value stands for; ``${Id}`` is a resource of the template and ``<?>`` what cannot be known."""
    if isinstance(value, str):
        return canonical(value)
    if isinstance(value, (bool, int, float)):
        return str(value)
    if not isinstance(value, Mapping) or len(value) != 1:
        return UNKNOWN
    ((function, argument),) = value.items()
    read = _FUNCTIONS.get(function)
    return UNKNOWN if read is None else read(argument)


def _attribute(argument: Any) -> str:
    return "${" + (argument if isinstance(argument, str) else ".".join(map(str, argument))) + "}"


def _joined(argument: Any) -> str:
    separator, parts = argument
    return str(separator).join(map(text, parts)) if isinstance(parts, list) else UNKNOWN


def _substituted(argument: Any) -> str:
    if isinstance(argument, str):
        return canonical(argument)
    pattern, variables = argument
    for name, value in variables.items():
        pattern = pattern.replace("${" + name + "}", text(value))
    return canonical(pattern)


_FUNCTIONS: Final[Mapping[str, Callable[[Any], str]]] = {
    "Ref": lambda argument: canonical(f"${{{argument}}}"),
    "Fn::GetAtt": _attribute,
    "Fn::Join": _joined,
    "Fn::Sub": _substituted,
}


def name_in(reference: str) -> str:
    """Return the physical name that an ARN, a queue URL or a name holds."""
    if reference.startswith("https://"):
        return reference.rsplit("/", 1)[-1]
    if not reference.startswith("arn:"):
        return reference
    service, rest = reference.split(":", 5)[2], reference.split(":", 5)[-1]
    if service in ("lambda", "logs"):
        return rest.split(":")[1] if ":" in rest else rest
    if service == "s3":
        return rest.split("/")[0]
    return rest.split("/")[1] if "/" in rest else rest


@dataclass(frozen=True)
class Resource:
    """One resource of a template; ``path`` is its construct path, empty where the template does not say it."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    template: str
    path: str = ""

    @property
    def name(self) -> str:
        """The physical name, or the logical id where the deployment makes one up."""
        named = self.properties.get(NAMES.get(self.type, ""))
        return self.logical_id if named is None else text(named)

    def get(self, *keys: str) -> Any:
        """Return a nested property, or None where any part of the way is missing."""
        value: Any = self.properties
        for key in keys:
            if not isinstance(value, Mapping):
                return None
            value = value.get(key)
        return value


@dataclass
class Directory:
    """Every resource of an app by its physical name, so that references between stacks can be followed."""

    by_name: dict[tuple[str, str], Resource] = field(default_factory=dict)
    templates: list[Template] = field(default_factory=list)

    def find(self, kind: str, name: str) -> Resource | None:
        """Return the resource of a type with a physical name."""
        return self.by_name.get((kind, name))


class Template:
    """One template, indexed once for all rules."""

    def __init__(self, document: Mapping[str, Any], name: str = "template.json", directory: Directory | None = None):
        """Index ``document``; templates of one app share one ``directory``."""
        self.name = name
        self.directory = directory if directory is not None else Directory()
        self.directory.templates.append(self)
        self._by_id: dict[str, Resource] = {}
        self._by_type: dict[str, list[Resource]] = {}
        for logical_id, body in document.get("Resources", {}).items():
            path = body.get("Metadata", {}).get("aws:cdk:path", "")
            resource = Resource(logical_id, body.get("Type", ""), body.get("Properties") or {}, name, path)
            self._by_id[logical_id] = resource
            self._by_type.setdefault(resource.type, []).append(resource)
            self.directory.by_name[resource.type, resource.name] = resource

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        """Return the resources of some types in the order of the template."""
        return tuple(resource for kind in types for resource in self._by_type.get(kind, ()))

    def resources(self) -> Iterable[Resource]:
        """Return every resource."""
        return self._by_id.values()

    def find(self, reference: object, kind: str) -> Resource | None:
        """Return the resource of a type that a Ref, GetAtt, ARN, URL or name means, in any template of the app."""
        meant = text(reference)
        for logical_id in _OWN.findall(meant):
            resource = self._by_id.get(logical_id)
            if resource is not None and resource.type == kind:
                return resource
            if resource is not None and resource.type in ALIASES:
                return self.find(resource.get("FunctionName"), kind)
        return self.directory.find(kind, name_in(meant))
