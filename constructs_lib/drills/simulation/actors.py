"""Who is simulated: a pipeline as it was declared, or the library's own, whose settings differ from seed to seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from constructs_lib.drills.planned import Planned
from constructs_lib.drills.samples.records import Samples
from functions.contract.environment import IdempotencySettings, OutputSettings, RetrySettings, TenantSettings
from functions.runtime.settings import RunnerSettings

if TYPE_CHECKING:
    from random import Random

    from constructs_lib.drills.subject import Subject
    from functions.runtime import Run

DAY = 86_400
SETTINGS = RunnerSettings(
    pipeline="simulated",
    stage="dev",
    data_class="internal",
    manifest_hash="0" * 64,
    source="queue",
    tenant=TenantSettings(),
    contract=None,
    idempotency=IdempotencySettings(key=("body.id",), ttl_seconds=30 * DAY),
    retry=RetrySettings(
        max_attempts=5, interval_seconds=2, backoff_rate=2, max_delay_seconds=900, max_receive_count=100
    ),
    outputs=(OutputSettings(name="raw", type="raw", target="raw-bucket"),),
    secrets=(),
    queue_url="https://queue/buffer",
    dlq_url="https://queue/dlq",
    state_table="state",
    ledger_table="ledger",
    ledger_retention=400 * DAY,
    raw_bucket="raw-bucket",
    event_bus="events",
)


class Actor(Protocol):
    """A pipeline of a simulation."""

    name: str
    samples: Samples

    def planned(self, random: Random, /) -> Planned:
        """Return the runner of a seed."""


class BuiltIn:
    """A pipeline that lands what it is given; attempts, times and sizes differ from seed to seed."""

    def __init__(self) -> None:
        """Make records of the smallest kind."""
        self.name = SETTINGS.pipeline
        self.samples = Samples(SETTINGS, Path("samples-of-nobody.json"))

    def planned(self, random: Random, /) -> Planned:
        """Return the runner of a seed."""
        attempts, receives = random.choice((1, 2, 3, 5)), random.choice((4, 20, 100, 100))
        retry = replace(SETTINGS.retry, max_attempts=attempts, max_receive_count=receives)
        return Planned(
            settings=replace(SETTINGS, retry=retry),
            handler=land,
            timeout=random.choice((6.0, 30.0)),
            batch_size=random.choice((1, 3, 10, 30)),
        )


def land(record: dict[str, Any], run: Run) -> None:
    """Land a record as it was received."""
    run.outputs.raw.put(record)


class Declared:
    """A user's pipeline, with the settings of its declaration."""

    def __init__(self, subject: Subject) -> None:
        """Raise what is wrong with the pipeline before the first seed."""
        subject.prepare()
        self.name = subject.name
        self.samples = subject.samples
        self._planned = subject.planned

    def planned(self, _random: Random, /) -> Planned:
        """Return the same runner for every seed."""
        return self._planned
