"""The catalogue: one place that says what a size means, how far a service goes and what a unit costs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt, model_validator

from constructs_lib.model.base import Frozen
from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import Amount, Count, Duration, Name, Switch, duration_text

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Size(Frozen):
    """What a size word stands for."""

    memory: Count
    """MiB; Lambda gives CPU in proportion, one vCPU at 1769."""
    timeout: Duration
    """Longest run of one batch without an approval."""
    max_concurrency: Count
    """Batches that run at once without an approval."""
    needs_approval: Switch = False
    """Whether taking the size at all needs an approval."""


class RunnerClassEntry(Frozen):
    """A place where code can run."""

    here: Switch
    """Whether this library builds it."""
    fits: Name
    """What it is for."""
    max_timeout: Duration | None = None
    """Longest run; None where the class has no limit."""


class Limits(Frozen):
    """How far the services go; bytes, MiB where the name says memory."""

    lambda_timeout: Duration
    lambda_memory: Count
    lambda_environment: Count
    sqs_batch_size: Count
    sqs_batch_size_without_window: Count
    sqs_batching_window: Duration
    sqs_min_concurrency: Count
    sqs_max_concurrency: Count
    sqs_message: Count
    sqs_min_retention: Duration
    sqs_max_retention: Duration
    sqs_visibility_timeout: Duration
    sqs_max_receive_count: Count
    fan_out_unbatched: Count = 20
    """Runs that one event may cause where its items are shared out one by one."""
    map_unbatched: Count = 100
    """Calls of functions that one event may cause by a map without batches before somebody has to approve them."""
    log_retention_days: Annotated[tuple[StrictInt, ...], Field(min_length=1)]


class Meter(Frozen):
    """The price of one unit that AWS counts."""

    usd: Amount
    """US dollars for ``per`` units."""
    per: Count
    unit: Name

    @property
    def unit_price(self) -> float:
        """US dollars for one unit."""
        return self.usd / self.per


class PriceList(Frozen):
    """List prices of one region on one day."""

    region: Name
    currency: Name
    as_of: Name
    meters: dict[str, Meter]

    def unit_price(self, meter: str) -> float:
        """Return US dollars for one unit of a meter; raises ``KeyError`` with the meters that exist."""
        if meter not in self.meters:
            raise KeyError(f"{meter}; known: {', '.join(sorted(self.meters))}")
        return self.meters[meter].unit_price


class Dependency(Frozen):
    """Something downstream that pipelines share."""

    max_concurrency: Count
    """Records that all pipelines of the platform together may have in work against it at once."""
    output: Name | None = None
    """Kind of output that it stands behind, if any: failures to land there are its failures."""


class OffPeak(Frozen):
    """The hours in which work costs others least, from ``start`` until ``end``, over midnight when that is earlier."""

    start: ClockTime
    end: ClockTime
    timezone: Name


class Catalog(Frozen):
    """A version of the catalogue."""

    version: Name
    sizes: Annotated[dict[str, Size], Field(min_length=1)]
    runner_classes: dict[str, RunnerClassEntry]
    dependencies: dict[str, Dependency] = Field(default_factory=dict)
    calendars: dict[str, tuple[Day, ...]] = Field(default_factory=dict)
    """Days on which nothing runs, by the name that a schedule gives."""
    off_peak: OffPeak = OffPeak(start="20:00", end="06:00", timezone="UTC")
    """When a schedule may say that it runs off-peak."""
    limits: Limits
    prices: PriceList

    @model_validator(mode="after")
    def _sizes_fit_the_platform(self) -> Catalog:
        for name, size in self.sizes.items():
            if size.timeout > self.limits.lambda_timeout or size.memory > self.limits.lambda_memory:
                raise refusal(
                    "size-beyond-limits",
                    f"the size {name} has {size.memory} MiB and {duration_text(size.timeout)}",
                    f"at most {self.limits.lambda_memory} MiB and {duration_text(self.limits.lambda_timeout)}",
                    "lower it",
                )
        return self

    def elsewhere(self) -> str:
        """Return the runner classes that this library does not build, each with what it is for."""
        return "; ".join(f"{name}: {entry.fits}" for name, entry in self.runner_classes.items() if not entry.here)
