"""The topic source: the pipeline's own topic or an existing one, and what of it reaches the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.event_sources.topic import TopicSource
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

ARN = "arn:aws:sns:eu-west-1:111122223333:stock-${stage}"
BASE: dict[str, Any] = {"tenant": None, "idempotency": {"key": ["body.order_id"]}}


def test_the_own_topic_is_named_after_the_pipeline_and_costs_a_publication() -> None:
    found = TopicSource().contribute(context())
    assert [(one.id, one.name, one.existing) for one in found.resources] == [
        ("topic", "shop-orders-dev-topic", False),
        ("subscription", "shop-orders-dev-buffer", False),
    ]
    assert [driver.meter for driver in found.cost_drivers] == ["sns-publish"]


def test_an_existing_topic_is_found_by_its_arn_in_this_stage_and_its_owner_pays() -> None:
    found = TopicSource(arn=ARN).contribute(context(stage="prod"))
    assert found.resources[0].name == ARN.replace("${stage}", "prod")
    assert found.resources[0].existing
    assert found.cost_drivers == ()


def test_a_fifo_buffer_has_a_fifo_topic(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path, source={"type": "topic"}, queue={"fifo": True}, **BASE))
    assert plan.resource("topic").name == "shop-orders-dev-topic.fifo"
    assert plan.queue("buffer").name == "shop-orders-dev-buffer.fifo"
    assert plan.queue("dlq").name == "shop-orders-dev-dlq.fifo"


def test_an_envelope_tells_more_than_a_raw_message() -> None:
    assert TopicSource().record_fields() == ("attributes.*",)
    assert TopicSource(raw_delivery=False).record_fields() == ("attributes.*", "topic.*")
    assert TopicSource(raw_delivery=False).options(context()) == {"raw": False}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"source": {"type": "topic", "arn": "orders"}}, "text-wrong", "source.arn"),
        ({"source": {"type": "topic", "publishers": ["shop"]}}, "text-wrong", "source.publishers[0]"),
        ({"source": {"type": "topic", "arn": f"{ARN}.fifo"}}, "fifo-disagrees", "queue.fifo"),
        ({"source": {"type": "topic", "arn": ARN}, "queue": {"fifo": True}}, "fifo-disagrees", "queue.fifo"),
        (
            {"source": {"type": "topic", "filter": {"attributes": {"a": {"b": ["c"]}}}}},
            "pattern-wrong",
            "source.filter.attributes",
        ),
        ({"source": {"type": "topic", "filter": {"body": {"a": "b"}}}}, "pattern-wrong", "source.filter.body"),
    ],
    ids=str,
)
def test_what_cannot_be_subscribed_to_is_refused(tmp_path: Path, changes: dict[str, Any], code: str, path: str) -> None:
    assert from_fields(tmp_path, source={"type": "topic"}, **BASE) == ()
    assert [(fault.code, fault.path) for fault in from_fields(tmp_path, **{**BASE, **changes})] == [(code, path)]
