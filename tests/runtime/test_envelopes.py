"""What the services of AWS really send lands, and no change to it breaks a pipeline: each record comes to one end."""

from __future__ import annotations

import io
import json
from collections import Counter
from contextlib import redirect_stdout
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.event_sources import EVENT_SOURCES
from functions.contract.metric import RecordMetric
from tests.runtime.sources import Envelope, envelopes, every_envelope, mutations

SOURCES = [kind.model_fields["type"].default for kind in EVENT_SOURCES]
ENVELOPES = list(every_envelope(SOURCES))
ENDS = {"succeeded", "skipped", "quarantined", "dead_lettered", "duplicate"}
"""What becomes of a record in one delivery, where each is tried once."""
COUNTED = {
    "succeeded": RecordMetric.LANDED,
    "skipped": RecordMetric.DROPPED,
    "quarantined": RecordMetric.QUARANTINED,
    "dead_lettered": RecordMetric.DEAD_LETTERED,
    "duplicate": RecordMetric.DUPLICATES,
}


def counted(written: str) -> Counter[str]:
    """Return what the metrics of all invocations come to."""
    counts: Counter[str] = Counter()
    for line in written.splitlines():
        told = json.loads(line)
        counts.update({name: int(sum(told[name])) for name in RecordMetric if name in told})
    return +counts


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_brings_events_as_its_service_sends_them(source: str) -> None:
    assert envelopes(source), f"tests/runtime/envelopes/{source}/ holds no event"


@pytest.mark.parametrize("envelope", ENVELOPES, ids=str)
def test_an_event_as_it_is_documented_lands(envelope: Envelope) -> None:
    world = envelope.world()
    wanted = ["skipped" if envelope.name.startswith("dropped") else "succeeded"] * len(envelope.event["Records"])
    assert world.ask(envelope.event) == {"batchItemFailures": []}
    assert world.statuses() == wanted


@pytest.mark.parametrize("envelope", ENVELOPES, ids=str)
@settings(max_examples=60)
@given(data=st.data())
def test_no_change_of_an_event_breaks_a_pipeline_and_each_record_comes_to_one_end(
    envelope: Envelope, data: st.DataObject
) -> None:
    event: dict[str, Any] = data.draw(mutations(envelope))
    world, written = envelope.world(), io.StringIO()
    with redirect_stdout(written):
        assert world.ask(event) == {"batchItemFailures": []}
    assert set(world.statuses()) <= ENDS
    assert len(world.entries()) == len(event["Records"])
    ends = Counter[str](COUNTED[status] for status in world.statuses())
    counts = counted(written.getvalue())
    assert counts.pop(RecordMetric.RECEIVED) == len(event["Records"])
    assert counts == ends
