"""The queue source: the pipeline's own queue, or one that exists."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from constructs_lib.event_sources import EVENT_SOURCES
from constructs_lib.event_sources.queue import QueueSource
from constructs_lib.model.kinds import Contribution
from tests.unit.event_sources.contexts import context

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
