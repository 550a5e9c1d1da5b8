"""A webhook that was sent once cannot be sent again by others when its signature is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constructs_lib.governance.rule import Decision, Finding, Place, PlanRule, Subject
from functions.contract.environment import Variable, WebhookSettings

if TYPE_CHECKING:
    from constructs_lib.model.functions import FunctionPlan


class WebhookReplayWindow(PlanRule):
    """A signature without a time is good for ever: whoever has seen one request can send it when it is forgotten."""

    slug = "webhook-replay-window"
    decision = Decision.WARN
    requirement = "Every webhook signature covers a timestamp, so that an old request is refused for its age."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at how the functions of the plan check signatures."""
        for function in subject.plan.functions:
            for settings in _webhooks(function):
                if settings.timestamp_header is None:
                    yield self.finding(
                        Place.planned(subject.plan, function),
                        found=f"signatures without a time, remembered for {settings.remember_seconds} s",
                        allowed="a timestamp_header that the sender signs",
                        fix="name the sender's header in source.auth.timestamp_header; if it has none, keep "
                        "idempotency.ttl as long as a repeated effect would hurt",
                        at="source.auth.timestamp_header",
                    )


def _webhooks(function: FunctionPlan) -> Iterator[WebhookSettings]:
    for variable in function.environment:
        if variable.name == Variable.WEBHOOK:
            yield WebhookSettings.from_json(variable.value)
