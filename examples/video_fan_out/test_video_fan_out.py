"""Four workers begin together and take as long as the slowest; one that fails stops no other and is replayed alone."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.local.trial import Trial
    from functions.contract.ledger import LedgerEntry

SLOWEST = 6.0
NEEDED = {"thumbnails": 4.0, "transcode": SLOWEST, "captions": 4.0, "moderation": 4.0}
"""Seconds that each worker needs for the video: 18 one after the other."""


class Studio:
    """The buckets of the pipeline, and what became of its videos."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.plan = trial, trial.plans["video-fan-out"]
        self.evidence = trial.evidence("video-fan-out")
        self.s3: Any = trial.client("s3")

    def put(self, resource: str, key: str, text: str) -> None:
        bucket = self.trial.resolve(self.plan.resource(resource).name)
        self.s3.put_object(Bucket=bucket, Key=key, Body=text.encode())

    def upload(self, key: str, needed: dict[str, float]) -> None:
        self.put("source-bucket", key, f"{key}\n" + " ".join(f"{name}={value}" for name, value in needed.items()))

    def shared(self, number: int) -> LedgerEntry:
        """Return the entry of the record that was shared out as the n-th."""
        return [entry for entry in self.evidence.every_entry() if entry.status is Status.STARTED][number]

    def parts(self, shared: LedgerEntry, *statuses: Status) -> dict[str, LedgerEntry]:
        """Return the entries of workers by their names."""
        found = [entry for entry in self.evidence.every_entry() if entry.correlation_id == shared.correlation_id]
        return {entry.step: entry for entry in found if entry.step and entry.status in statuses}

    def published(self) -> list[dict[str, Any]]:
        """Return what the joining function has landed, in its order."""
        joined = [entry for entry in self.evidence.every_entry() if entry.function.endswith("publish")]
        return [json.loads(one.text) for entry in joined for one in self.evidence.landed(entry.run_token)]


@pytest.fixture(scope="module")
def studio(example: Trial) -> Studio:
    studio = Studio(example)
    studio.put("transcripts-bucket", "warm.video.txt", "hello")
    studio.upload("warm.video", {})
    studio.evidence.wait_until("the first video is published", lambda: len(studio.published()) == 1, 90)
    return studio


def test_the_workers_begin_together_and_take_as_long_as_the_slowest(studio: Studio) -> None:
    studio.put("transcripts-bucket", "holiday.video.txt", "hello")
    studio.upload("holiday.video", NEEDED)
    studio.evidence.wait_until("the holiday is published", lambda: len(studio.published()) == 2, 90)
    parts = studio.parts(studio.shared(1), Status.SUCCEEDED)
    assert set(parts) == set(NEEDED)
    runs = {name: (began(entry), ended(entry)) for name, entry in parts.items()}
    assert max(start for start, _ in runs.values()) < min(end for _, end in runs.values())
    elapsed = max(end for _, end in runs.values()) - min(start for start, _ in runs.values())
    assert timedelta(seconds=SLOWEST) <= elapsed < timedelta(seconds=sum(NEEDED.values()))
    assert studio.published()[1]["results"] == {
        "thumbnails": {"picture": "holiday.video/thumbnail.txt"},
        "transcode": {"video": "holiday.video/small.txt"},
        "captions": {"captions": "holiday.video/captions.txt"},
        "moderation": {"fit": True},
    }


def test_a_worker_that_fails_stops_no_other_and_its_letter_is_replayed_to_it_alone(studio: Studio) -> None:
    studio.upload("silent.video", {})
    others = set(NEEDED) - {"captions"}
    studio.evidence.wait_until("the video is shared out", lambda: len(_started(studio)) == 3)
    shared = studio.shared(2)
    ended = (Status.SUCCEEDED, Status.DEAD_LETTERED)
    studio.evidence.wait_until("all four have ended", lambda: len(studio.parts(shared, *ended)) == 4)
    assert set(studio.parts(shared, Status.SUCCEEDED)) == others
    assert studio.parts(shared, Status.DEAD_LETTERED)["captions"].error_message == "no transcript"
    assert (studio.evidence.depth("to-captions-dlq"), studio.evidence.depth("dlq")) == (1, 0)
    assert len(studio.published()) == 2
    studio.put("transcripts-bucket", "silent.video.txt", "nothing is said")
    before = {entry.run_id for entry in studio.evidence.every_entry()}
    assert studio.trial.replay("video-fan-out") == 1
    studio.evidence.wait_until("the video is published", lambda: len(studio.published()) == 3)
    assert studio.published()[2]["results"]["captions"] == {"captions": "silent.video/captions.txt"}
    new = [entry for entry in studio.evidence.every_entry() if entry.run_id not in before]
    assert {entry.step for entry in new if entry.step} == {"captions"}
    assert studio.evidence.depth("to-captions-dlq") == 0


def test_every_part_is_accounted_for(studio: Studio) -> None:
    studio.evidence.wait_until_quiet()
    found = studio.trial.reconcile("video-fan-out")
    assert found.unexplained == ()
    assert found.proved


def test_each_worker_reaches_its_own_queue_and_outputs_and_no_other(studio: Studio) -> None:
    moderation = studio.plan.function("moderation")
    assert not [grant for grant in moderation.grants if grant.needed_by.startswith("outputs")]
    (taken,) = [grant for grant in moderation.grants if grant.sid == "TakeMessages"]
    assert taken.resources == (studio.plan.queue("to-moderation").arn,)


def _started(studio: Studio) -> list[LedgerEntry]:
    return [entry for entry in studio.evidence.every_entry() if entry.status is Status.STARTED]


def ended(entry: LedgerEntry) -> datetime:
    return datetime.fromisoformat(entry.recorded_at)


def began(entry: LedgerEntry) -> datetime:
    return ended(entry) - timedelta(milliseconds=entry.duration_ms)
