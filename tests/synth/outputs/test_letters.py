"""The dead-letter queue of an output's own queue: its letters outlast the queue's own messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aws_cdk import App

from constructs_lib.patterns import PipelineStack, PlatformReference
from tests.declarations import declare
from tests.synth.templates import Template, named

if TYPE_CHECKING:
    from pathlib import Path

QUEUE = "AWS::SQS::Queue"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder: Path = tmp_path_factory.mktemp("sending")
    outputs = [{"type": "queue", "fifo": True, "retention": "4d"}]
    app = App(outdir=str(folder / "out"))
    PipelineStack(app, "sending", declare(folder, pipeline="sending", outputs=outputs), platform=PlatformReference())
    found: Template = app.synth().get_stack_by_name("sending").template
    return found


def test_the_letters_of_a_queue_stay_as_long_as_sqs_keeps_them(template: Template) -> None:
    queue = named(template, QUEUE, QueueName="sending-dev-out-queue.fifo")
    letters = named(template, QUEUE, QueueName="sending-dev-out-queue-dlq.fifo")
    assert queue["Properties"]["MessageRetentionPeriod"] == 4 * 86_400
    assert letters["Properties"]["MessageRetentionPeriod"] == 14 * 86_400
    assert {one["DeletionPolicy"] for one in (queue, letters)} == {"RetainExceptOnCreate"}
    assert all(one["Properties"]["SqsManagedSseEnabled"] and one["Properties"]["FifoQueue"] for one in (queue, letters))
