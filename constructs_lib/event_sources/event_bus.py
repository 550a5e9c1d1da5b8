"""The event_bus source: events of an EventBridge bus that match a pattern."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from constructs_lib.event_sources._bus_resources import ARCHIVE, BUS, DEFAULT_BUS, RULE, add_rule
from constructs_lib.event_sources._pattern import EVENT_BUS, Pattern, checked
from constructs_lib.model.base import Frozen
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.event_source import EventSource
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.samples import ACCOUNT, REGION, SampleMessage, SampleRecord, enveloped
from constructs_lib.model.units import Duration, Switch, duration_text

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

BusName = Annotated[str, Field(pattern=r"^([A-Za-z0-9._-]|\$\{stage\}){1,256}$")]
DAY, MONTH = timedelta(days=1), timedelta(days=30)
EVENT_GB = 1e-6
"""An event of one kilobyte, in GB; the declaration states no size."""


class EventArchive(Frozen):
    """What EventBridge keeps of the events that match, so that they can be replayed."""

    retention: Duration = timedelta(days=30)
    """How long an event is kept, in whole days."""

    @field_validator("retention")
    @classmethod
    def _retention_is_in_days(cls, retention: timedelta) -> timedelta:
        if retention < DAY or retention % DAY:
            raise refusal("archive-retention", duration_text(retention), "1d or more, in whole days", "write 30d")
        return retention


class EventBusSource(EventSource):
    """Events that match a pattern, of the platform's bus, the account's default bus, or a bus by its name."""

    type: Literal["event_bus"] = "event_bus"
    bus: BusName | None = None
    """``default``, or the name of a bus with ``${stage}`` for the stage; the platform's own bus when absent."""
    create: Switch = False
    """Whether the pipeline makes the bus: of the name in ``bus``, or one of its own."""
    pattern: Pattern
    """Which events start a run, as an event pattern of EventBridge."""
    archive: EventArchive | None = None
    """What is kept of the events for a replay; nothing when absent."""

    @field_validator("pattern")
    @classmethod
    def _events_are_chosen_by_a_pattern(cls, pattern: dict[str, Any]) -> dict[str, Any]:
        checked(pattern, EVENT_BUS)
        return pattern

    @model_validator(mode="after")
    def _the_bus_can_be_made(self) -> Self:
        if self.create and self.bus == DEFAULT_BUS:
            found, allowed = "create with the bus default", "create with another name, or the bus default as it is"
            raise refusal("bus-exists-already", found, allowed, "remove create: every account has this bus")
        return self

    def record_fields(self) -> tuple[str, ...]:
        """Return what the envelope tells of an event."""
        return ("event.*",)

    def hears(self, speaker: str) -> bool:
        """Return whether the pattern lets this speaker through; what it says in other words than names, it may."""
        wanted = self.pattern.get("source", [speaker])
        return any(one == speaker or not isinstance(one, str) for one in wanted)

    def natural_key(self) -> tuple[str, ...]:
        """Return the id of an event, which it keeps when it is delivered or replayed again."""
        return ("event.id",)

    def sample_envelope(self, record: SampleRecord) -> SampleMessage:
        """Return the event of EventBridge, under the first names that the pattern lets through."""
        named = {name: self._first(name) for name in ("detail-type", "source")}
        return enveloped(
            {
                "version": "0",
                "id": record.id,
                **named,
                "account": ACCOUNT,
                "time": record.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "region": REGION,
                "resources": [],
                "detail": record.body,
            }
        )

    def _first(self, name: str) -> str:
        plain = (one for one in self.pattern.get(name, ()) if isinstance(one, str))
        return next(plain, "drill")

    def bus_name(self, context: PlanContext) -> str:
        """Return the name of the bus."""
        if self.bus is not None:
            return context.here(self.bus)
        return context.name("bus") if self.create else context.platform.event_bus

    def contribute(self, context: PlanContext) -> Contribution:
        """Return rule and archive, and the bus where the pipeline makes it; AWS's own events cost nothing."""
        bus = ResourcePlan(
            id=BUS,
            type="AWS::Events::EventBus",
            name=self.bus_name(context),
            existing=not self.create,
            needed_by="source",
        )
        rule = ResourcePlan(id=RULE, type="AWS::Events::Rule", name=context.name(RULE), needed_by="source")
        archive = ResourcePlan(
            id=ARCHIVE, type="AWS::Events::Archive", name=context.name("arc"), needed_by="source.archive"
        )
        return Contribution(
            resources=(bus, rule, archive) if self.archive else (bus, rule), cost_drivers=tuple(self._costs(bus.name))
        )

    def _costs(self, bus: str) -> Iterator[CostDriver]:
        if bus != DEFAULT_BUS:
            yield CostDriver(meter="event-published", quantity_per_event=1, needed_by="source")
        if self.archive:
            kept = {"event-archive-gb": 1.0, "event-archive-gb-month": self.archive.retention / MONTH}
            for meter, times in kept.items():
                yield CostDriver(meter=meter, quantity_per_event=EVENT_GB * times, needed_by="source.archive")

    def bind(self, site: Site) -> None:
        """Make the rule that sends events to the buffer, with its bus and its archive."""
        add_rule(site, self.pattern, self.archive.retention.days if self.archive else None)
