"""Permissions as rules read them, alike whether they come from a plan or from a template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Final

from constructs_lib.governance.rule import Place, Subject
from constructs_lib.governance.template import FUNCTION, ROLE, Resource, Template, canonical, text

_POLICIES: Final = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")


@dataclass(frozen=True)
class Statement:
    """One allowing statement of an identity's policy; resources are texts in canonical form."""

    place: Place
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    inverted: bool = False
    """True where NotAction or NotResource allows everything but what is written."""

    def allows(self, action: str) -> bool:
        """Return whether one of the patterns covers an action; IAM ignores the case."""
        return self.inverted or any(fnmatchcase(action.lower(), pattern.lower()) for pattern in self.actions)


def planned_statements(subject: Subject) -> Iterator[Statement]:
    """Yield the grants of every function of a plan."""
    for function in subject.plan.functions:
        place = Place.planned(subject.plan, function)
        for grant in function.grants:
            yield Statement(place, grant.actions, tuple(canonical(resource) for resource in grant.resources))


def template_statements(template: Template) -> Iterator[Statement]:
    """Yield what the roles and policies of a template allow, placed at the function when only one uses the role."""
    users = _users(template)
    for role in template.of_type(ROLE):
        place = _placed(role, users.get(role.logical_id, []))
        for policy in role.get("Policies") or ():
            yield from _allowed(place, policy.get("PolicyDocument", {}))
    for policy in template.of_type(*_POLICIES):
        roles = [template.find(role, ROLE) for role in _held_by(policy)]
        functions = [user for role in roles if role for user in users.get(role.logical_id, [])]
        yield from _allowed(_placed(policy, functions), policy.get("PolicyDocument") or {})


def document_statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the statements of a policy document, which may hold one or a list."""
    statements = document.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def texts(value: object) -> tuple[str, ...]:
    """Return the texts of a value that may be one or a list."""
    if value is None:
        return ()
    return tuple(text(item) for item in (value if isinstance(value, list) else [value]))


def _users(template: Template) -> dict[str, list[Resource]]:
    users: dict[str, list[Resource]] = {}
    for function in template.of_type(FUNCTION):
        role = template.find(function.get("Role"), ROLE)
        if role is not None:
            users.setdefault(role.logical_id, []).append(function)
    return users


def _held_by(policy: Resource) -> Iterable[object]:
    return policy.get("Roles") or ([policy.get("RoleName")] if policy.get("RoleName") else [])


def _placed(holder: Resource, functions: list[Resource]) -> Place:
    place = Place.of(holder)
    return replace(place, type=FUNCTION, name=functions[0].name) if len(functions) == 1 else place


def _allowed(place: Place, document: Mapping[str, Any]) -> Iterator[Statement]:
    for statement in document_statements(document):
        if statement.get("Effect") == "Allow":
            inverted = "NotAction" in statement or "NotResource" in statement
            resources = texts(statement.get("Resource")) or ("*",)
            yield Statement(place, texts(statement.get("Action")), resources, inverted)
