"""An alarm says whom it calls and what they do first."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Finding, Place, PlanRule, Subject, TemplateRule
from constructs_lib.governance.template import ALARM, Template, text


class RunbookAndOwner(PlanRule, TemplateRule):
    """At night nobody knows whose pipeline it is and what is safe to do; the alarm has to say both."""

    slug = "runbook-and-owner"
    requirement = "The description of every alarm names the owner and the runbook."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at the alarms of the plan."""
        plan = subject.plan
        for alarm in plan.alarms:
            wanted = {"owner": plan.owner, "runbook": plan.runbook}
            missing = [word for word, value in wanted.items() if not value or value not in alarm.description]
            yield from self._judge(Place.planned(plan, alarm), missing)

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at the alarms of the template."""
        for alarm in template.of_type(ALARM):
            description = text(alarm.properties.get("AlarmDescription", "")).lower()
            missing = [word for word in ("owner", "runbook") if word not in description]
            yield from self._judge(Place.of(alarm), missing)

    def _judge(self, place: Place, missing: list[str]) -> Iterable[Finding]:
        if missing:
            yield self.finding(
                place,
                found=f"the description does not name the {' and the '.join(missing)}",
                allowed="Owner: <address>. Runbook: <page>",
                fix="set owner and observability.runbook; on an alarm of your own, write both into AlarmDescription",
                at="Properties.AlarmDescription",
            )
