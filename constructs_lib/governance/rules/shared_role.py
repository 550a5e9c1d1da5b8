"""Every function has a role of its own."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Finding, Place, TemplateRule
from constructs_lib.governance.template import FUNCTION, ROLE, UNKNOWN, Resource, Template, text


class SharedRole(TemplateRule):
    """A role of two functions allows each of them what only the other needs."""

    slug = "shared-role"
    requirement = "No two functions use one role."

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Group the functions of the app by role, and judge those of the template."""
        users: dict[tuple[str, str], list[Resource]] = {}
        for other in template.directory.templates:
            for function in other.of_type(FUNCTION):
                users.setdefault(_role(other, function), []).append(function)
        for functions in users.values():
            for function in functions[1:]:
                if function.template == template.name:
                    yield self._fault(function, functions[0])

    def _fault(self, function: Resource, first: Resource) -> Finding:
        return self.finding(
            Place.of(function),
            found=f"the role of {first.logical_id}",
            allowed="a role that no other function uses",
            fix="give the function a role with only its own grants",
            at="Properties.Role",
        )


def _role(template: Template, function: Resource) -> tuple[str, str]:
    """Return what tells a role apart; one that cannot be known is no other function's."""
    role = template.find(function.get("Role"), ROLE)
    if role is not None:
        return role.template, role.logical_id
    named = text(function.get("Role"))
    if UNKNOWN in named:
        return function.template, function.logical_id
    return ("" if named.startswith("arn:") else function.template), named
