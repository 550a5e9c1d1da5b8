"""The queue source: the pipeline's own queue, or one that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from constructs_lib.composition import plan_pipeline
from constructs_lib.event_sources import EVENT_SOURCES
from constructs_lib.event_sources.queue import QueueSource
from constructs_lib.model.contribution import Contribution
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.plan import PipelinePlan

ARN = "arn:aws:sqs:eu-west-1:111122223333:stock"


def test_the_source_is_found_by_its_module() -> None:
    assert QueueSource in EVENT_SOURCES


def test_a_record_has_its_message_attributes_beside_the_body() -> None:
    assert QueueSource().record_fields() == ("attributes.*",)


def test_the_source_adds_nothing_because_the_queue_is_there_anyway() -> None:
    assert QueueSource().contribute(context()) == Contribution()


def test_a_message_has_no_identity_of_its_own() -> None:
    assert QueueSource().natural_key() is None


def test_an_existing_queue_is_named_by_its_arn() -> None:
    assert QueueSource().existing_queue() is None
    assert QueueSource(arn=ARN).existing_queue() == ARN


@pytest.mark.parametrize(
    "arn", ["stock", "arn:aws:sns:eu-west-1:111122223333:stock", ARN + " ", "arn:aws:sqs:eu-west-1:1:a"]
)
def test_what_is_no_arn_of_a_queue_is_refused(arn: str) -> None:
    with pytest.raises(ValidationError):
        QueueSource(arn=arn)


def planned(folder: Path, **source: Any) -> PipelinePlan:
    """Return the plan of a pipeline with this source; an existing queue has a visibility timeout of its own."""
    queue = {"visibility_timeout": "10m"} if source else {}
    declaration = declare(
        folder,
        source={"type": "queue", **source},
        tenant=None,
        idempotency={"key": ["body.order_id"]},
        queue=queue,
    )
    return plan_pipeline(declaration)


def test_senders_write_to_the_pipelines_own_buffer_without_a_route(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert (plan.queue("buffer").name, plan.queue("buffer").existing) == ("shop-orders-dev-buffer", False)
    assert plan.routes == ()
    assert [function.id for function in plan.functions] == ["land_order"]


def test_an_existing_queue_is_read_by_the_runner_and_nobody_may_write_to_it(tmp_path: Path) -> None:
    plan = planned(tmp_path, arn=ARN)
    grants = [grant for grant in plan.function("land_order").grants if ARN in grant.resources]
    assert [grant.sid for grant in grants] == ["TakeMessages"]
    assert "sqs:SendMessage" not in grants[0].actions
    assert (plan.queue("buffer").existing, plan.queue("buffer").visibility_timeout) == (True, 600)


def test_spent_records_of_an_existing_queue_go_to_the_pipelines_own_dead_letter_queue(tmp_path: Path) -> None:
    plan = planned(tmp_path, arn=ARN)
    assert (plan.queue("dlq").name, plan.queue("dlq").existing) == ("shop-orders-dev-dlq", False)
    (send,) = (grant for grant in plan.function("land_order").grants if grant.sid == "SendDeadLetters")
    assert send.resources == (plan.queue("dlq").arn,)
    assert plan.queue("buffer").max_receive_count is None


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"source": {"type": "queue", "arn": "stock"}}, "text-wrong", "source.arn"),
        ({"source": {"type": "queue", "arn": f"{ARN}.fif"}}, "text-wrong", "source.arn"),
        ({"source": {"type": "queue", "filter": {"text": ["a"]}}}, "pattern-wrong", "source.filter"),
        ({"source": {"type": "queue", "queue": ARN}}, "unknown-field", "source.queue"),
        ({"idempotency": {"key": ["path.shop_id"]}}, "key-not-in-record", "idempotency.key[0]"),
        ({"idempotency": {"key": ["message_id"]}}, "key-from-transport", "idempotency.key[0]"),
        ({"idempotency": None}, "key-missing", "idempotency.key"),
    ],
    ids=str,
)
def test_what_a_message_does_not_have_is_refused(tmp_path: Path, changes: dict[str, Any], code: str, path: str) -> None:
    base: dict[str, Any] = {"source": {"type": "queue"}, "tenant": None, "idempotency": {"key": ["body.order_id"]}}
    assert from_fields(tmp_path, **base) == ()
    faults = from_fields(tmp_path, **{**base, **changes})
    assert [(fault.code, fault.path) for fault in faults] == [(code, path)]


def test_a_message_attribute_may_be_the_key(tmp_path: Path) -> None:
    key = {"key": ["attributes.order_number"]}
    assert from_fields(tmp_path, source={"type": "queue"}, tenant=None, idempotency=key) == ()
