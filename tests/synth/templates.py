"""Finding things in a synthesised template."""

from __future__ import annotations

from typing import Any

Template = dict[str, Any]
Resource = dict[str, Any]


def of_type(template: Template, kind: str) -> dict[str, Resource]:
    """Return the resources of one CloudFormation type by their logical id."""
    return {name: item for name, item in template["Resources"].items() if item["Type"] == kind}


def only(template: Template, kind: str) -> Resource:
    """Return the one resource of a type."""
    found = of_type(template, kind)
    assert len(found) == 1, f"{kind}: {sorted(found)}"
    return next(iter(found.values()))


def named(template: Template, kind: str, **properties: object) -> Resource:
    """Return the one resource of a type whose properties have these values."""
    found = [
        item
        for item in of_type(template, kind).values()
        if all(item["Properties"].get(name) == value for name, value in properties.items())
    ]
    assert len(found) == 1, f"{kind} with {properties}: {len(found)}"
    return found[0]


def statements(template: Template, kind: str, document: str = "PolicyDocument") -> list[dict[str, Any]]:
    """Return every statement of the policies of one type."""
    return [s for item in of_type(template, kind).values() for s in item["Properties"][document]["Statement"]]
