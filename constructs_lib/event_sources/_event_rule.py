"""A rule of EventBridge that sends what matches to the buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.event_sources._sending import BUFFER, DEAD_LETTERS, arn_of

if TYPE_CHECKING:
    from constructs_lib.model.site import Site

Resource = dict[str, Any]

MOST_RETRIES, OLDEST = 185, 86_400
"""Tries of one delivery and their seconds: the most that EventBridge makes (rule target retry policy)."""


def rule(site: Site, name: str, pattern: Resource, bus: Any = None) -> Resource:
    """Return the rule, of the account's default bus where none is given.

    What EventBridge cannot deliver within a day goes to the dead-letter queue.
    """
    target = {
        "Id": BUFFER,
        "Arn": arn_of(site, BUFFER),
        "DeadLetterConfig": {"Arn": arn_of(site, DEAD_LETTERS)},
        "RetryPolicy": {"MaximumRetryAttempts": MOST_RETRIES, "MaximumEventAgeInSeconds": OLDEST},
    }
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": name,
            **({"EventBusName": bus} if bus else {}),
            "EventPattern": pattern,
            "State": "ENABLED",
            "Targets": [target],
        },
    }
