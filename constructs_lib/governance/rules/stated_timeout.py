"""Every function states how long it may run."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Finding, Place, TemplateRule
from constructs_lib.governance.template import FUNCTION, Template


class StatedTimeout(TemplateRule):
    """Lambda's default of 3 s cuts work off that nobody measured, and a copied 900 s hides a call that hangs."""

    slug = "stated-timeout"
    requirement = "Every function has a timeout of its own."

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at every function of the template."""
        for function in template.of_type(FUNCTION):
            if function.get("Timeout") is None:
                yield self.finding(
                    Place.of(function),
                    found="no timeout",
                    allowed="a stated timeout of 1 to 900 s",
                    fix="set Timeout to a little more than the longest run you expect",
                    at="Properties.Timeout",
                )
