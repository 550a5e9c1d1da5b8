"""The way of one record, as ``pipelines run show`` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.local.stories.telling import Story, Telling
from constructs_lib.operations.window import utc_now

if TYPE_CHECKING:
    from constructs_lib.local.stories.scene import Scene

WAY = (
    ("gateway", "accepted"),
    ("queue", "queued"),
    ("attempts", "attempt 1: failed"),
    ("attempts", "attempt 2: failed"),
    ("attempts", "attempt 3: failed"),
    ("attempts", "attempt 4: dead lettered"),
    ("dead letters", "dead letter"),
    ("replay", "replayed"),
    ("queue", "queued"),
    ("attempts", "attempt 1: succeeded"),
    ("outputs", "landed"),
)
"""Of the order that came while the raw store was down."""


def _way_of_the_order(scene: Scene, telling: Telling) -> None:
    token = scene.token(scene.order("outage"))
    record = scene.operator.stories(utc_now()).story(token)
    telling.records.append(record)
    telling.expect("every step is there, in order", tuple((step.lane.value, step.what) for step in record.steps), WAY)
    failed = sum(step.failed and step.lane.value == "attempts" for step in record.steps)
    logs = sum(bool(step.logs) for step in record.steps)
    telling.expect("four attempts fail, and each attempt has a link to its log", (failed, logs), (4, 5))
    telling.expect("it succeeds in the end", record.status, "succeeded")


RUN_VIEW = Story("the way of that order, as `pipelines run show` tells it", _way_of_the_order)
