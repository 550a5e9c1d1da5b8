"""Every function has a role of its own."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Finding, Place, TemplateRule
from constructs_lib.governance.template import FUNCTION, Resource, Template, text


class SharedRole(TemplateRule):
    """A role of two functions allows each of them what only the other needs."""

    slug = "shared-role"
    requirement = "No two functions use one role."

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Group the functions of the template by role."""
        users: dict[str, list[Resource]] = {}
        for function in template.of_type(FUNCTION):
            users.setdefault(text(function.get("Role")), []).append(function)
        for functions in users.values():
            for function in functions[1:]:
                yield self.finding(
                    Place.of(function),
                    found=f"the role of {functions[0].logical_id}",
                    allowed="a role that no other function uses",
                    fix="give the function a role with only its own grants",
                    at="Properties.Role",
                )
