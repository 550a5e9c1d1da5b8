"""The queue output: one queue, the right to send to it alone, and what it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.outputs import OUTPUTS
from constructs_lib.outputs.queue import QueueOutput
from tests.unit.event_sources.contexts import context
from tests.unit.outputs.sending import contributed, faults, granted

if TYPE_CHECKING:
    from pathlib import Path

HERE = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}"


def test_the_output_is_found_by_its_module() -> None:
    assert QueueOutput in OUTPUTS


@pytest.mark.parametrize(
    ("fields", "arn", "url"),
    [
        ({}, f"{HERE}:shop-orders-dev-out-queue", "/shop-orders-dev-out-queue"),
        ({"name": "new_orders"}, f"{HERE}:shop-orders-dev-new-orders-queue", "/shop-orders-dev-new-orders-queue"),
        ({"fifo": True}, f"{HERE}:shop-orders-dev-out-queue.fifo", "/shop-orders-dev-out-queue.fifo"),
        ({"queue": "partner-${stage}-inbox"}, f"{HERE}:partner-dev-inbox", "/partner-dev-inbox"),
        (
            {"queue": "arn:aws:sqs:eu-west-1:111122223333:stock-${stage}"},
            "arn:aws:sqs:eu-west-1:111122223333:stock-dev",
            "https://sqs.eu-west-1.${AWS::URLSuffix}/111122223333/stock-dev",
        ),
    ],
    ids=str,
)
def test_the_runner_may_send_to_exactly_one_queue(fields: dict[str, Any], arn: str, url: str) -> None:
    output = QueueOutput(**fields)
    assert granted(output) == [(("sqs:SendMessage",), (arn,))]
    assert output.settings(context()).target.endswith(url)


def test_an_own_queue_has_a_dead_letter_queue_and_an_existing_one_is_only_named() -> None:
    own = [(plan.name, plan.existing) for plan in contributed(QueueOutput()).resources]
    assert own == [("shop-orders-dev-out-queue", False), ("shop-orders-dev-out-queue-dlq", False)]
    existing = [(plan.name, plan.existing) for plan in contributed(QueueOutput(queue="inbox")).resources]
    assert existing == [("inbox", True)]


def test_a_queue_keeps_order_when_its_name_says_so() -> None:
    named: tuple[dict[str, Any], ...] = ({"fifo": True}, {"queue": "inbox.fifo"}, {"queue": "inbox"}, {})
    told = [QueueOutput.model_validate(fields).settings(context()).options for fields in named]
    assert told == [{"fifo": True}, {"fifo": True}, {}, {}]


@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ({"queue": "inbox", "fifo": True}, "output-exists-already", "outputs[0]"),
        ({"queue": "in box"}, "text-wrong", "outputs[0].queue"),
        ({"delay": "16m"}, "output-queue-times", "outputs[0]"),
        ({"retention": "15d"}, "output-queue-times", "outputs[0]"),
        ({"max_receive_count": 0}, "number-out-of-range", "outputs[0].max_receive_count"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, fields: dict[str, Any], code: str, path: str) -> None:
    assert faults(tmp_path, type="queue", **fields) == [(code, path)]
