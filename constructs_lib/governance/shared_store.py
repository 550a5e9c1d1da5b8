"""The stores that a platform's functions share, found by the environment of the functions that use them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from constructs_lib.governance.template import FUNCTION, UNKNOWN, Resource, Template, canonical, name_in, text

if TYPE_CHECKING:
    from constructs_lib.governance.statement import Statement
    from functions.contract.environment import Variable


@dataclass(frozen=True)
class Store:
    """A table or a bucket under every name that a policy may use for it."""

    names: frozenset[str]

    @classmethod
    def planned(cls, name: str) -> Store:
        """Return the store with a physical name from a plan."""
        return cls(frozenset({canonical(name)}))

    @classmethod
    def of_template(cls, template: Template, variable: Variable, kind: str) -> Store:
        """Return the store that a variable of any function of the app names, as this template may refer to it."""
        names: set[str] = set()
        for other in template.directory.templates:
            for function in other.of_type(FUNCTION):
                value = function.get("Environment", "Variables", variable)
                if value is not None:
                    names |= _names(text(value), other.find(value, kind), template)
        return cls(frozenset(names - {UNKNOWN}))

    def reached_by(self, statement: Statement) -> bool:
        """Return whether a statement's resources cover the store, by name, by reference or by wildcard."""
        return any(self._is_meant(resource) for resource in statement.resources)

    def _is_meant(self, resource: str) -> bool:
        owner = resource.split(".", maxsplit=1)[0] + "}" if resource.startswith("${") and "." in resource else resource
        pattern = name_in(resource)
        return any(resource == "*" or owner == name or fnmatchcase(name, pattern) for name in self.names)


def _names(value: str, resource: Resource | None, template: Template) -> set[str]:
    if resource is None:
        return {value}
    return {resource.name, f"${{{resource.logical_id}}}"} if resource.template == template.name else {resource.name}


def breaches(
    statements: Iterable[Statement], store: Store, forbidden: Iterable[str]
) -> Iterable[tuple[Statement, str]]:
    """Yield every forbidden action that a statement allows on the store."""
    actions = tuple(forbidden)
    for statement in statements:
        if store.reached_by(statement):
            for action in actions:
                if statement.allows(action):
                    yield statement, action
