"""Every function's log has an end."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Finding, Place, TemplateRule
from constructs_lib.governance.template import FUNCTION, LOG_GROUP, Resource, Template


class LogRetention(TemplateRule):
    """A log group that Lambda makes by itself keeps every line for ever and is paid for every month."""

    slug = "log-retention"
    requirement = "Every function writes to a log group of the template that states its retention."

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look for the log group of every function."""
        for function in template.of_type(FUNCTION):
            group = self._group(template, function)
            if group is None or group.get("RetentionInDays") is None:
                yield self.finding(
                    Place.of(function),
                    found="no log group" if group is None else "a log group that keeps its lines for ever",
                    allowed="a log group of the app with RetentionInDays",
                    fix="declare the log group, set RetentionInDays and name it in LoggingConfig.LogGroup",
                    at="Properties.LoggingConfig",
                )

    def _group(self, template: Template, function: Resource) -> Resource | None:
        stated = function.get("LoggingConfig", "LogGroup")
        default = f"/aws/lambda/{function.name}"
        own = (f"/aws/lambda/${{{function.logical_id}}}", default)
        if stated is not None:
            return template.find(stated, LOG_GROUP)
        return next((group for group in template.of_type(LOG_GROUP) if group.name in own), None)
