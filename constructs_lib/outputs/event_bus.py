"""The event_bus output: what has happened, told on the platform's bus or on another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.functions import Condition, Grant
from constructs_lib.model.names import event_bus_arn
from constructs_lib.model.output import Output
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.units import Name, shown
from constructs_lib.outputs._named import name_in, sid
from functions.contract.environment import OutputSettings
from functions.contract.event_bus import SOURCE

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext

BusRef = Annotated[
    str,
    Field(
        pattern=r"^(arn:aws[a-z-]*:events:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:event-bus/)?([A-Za-z0-9_./-]|\$\{stage\}){1,256}$",
        examples=["orders-${stage}-bus"],
    ),
]


def parse_source(value: object) -> object:
    """Return the source of events.

    Raises:
        PydanticCustomError: ``event-source-reserved``: AWS's services and the platform itself speak under such names.
    """
    if isinstance(value, str) and (value.startswith("aws.") or value == SOURCE):
        raise refusal(
            "event-source-reserved",
            f"{shown(value)} is not the pipeline's to use",
            f"any name but {SOURCE} and those that begin with aws.",
            "leave it out: events then come from pipelines.<pipeline>",
        )
    return value


EventSourceName = Annotated[str, BeforeValidator(parse_source), Field(pattern=r"^[A-Za-z0-9._/-]{1,128}$")]


class EventContract(Frozen):
    """A JSON Schema (2020-12) of the details; one that breaks it is never sent."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    id: Name
    """Name of the contract, such as ``payment-failed``; every event names it."""
    version: Name
    """Version of the contract, as text."""
    schema_: Name = Field(alias="schema")
    """JSON Schema file, relative to the declaration."""


class EventBus(Output):
    """Events as EventBridge matches and routes them; each has an id that is the same at every try."""

    type: Literal["event_bus"] = "event_bus"
    bus: BusRef | None = None
    """An existing bus by its name or ARN, ``${stage}`` in it is replaced; absent, the platform's own."""
    source: EventSourceName | None = None
    """Who speaks; ``pipelines.<pipeline>`` when absent."""
    detail_type: Annotated[Name, Field(max_length=128)]
    """What has happened, such as ``PaymentFailed``, unless the handler says otherwise."""
    contract: EventContract | None = None
    """What the details must look like; without one every detail is sent."""

    def settings(self, context: PlanContext) -> OutputSettings:
        """Return the bus, and under which source and type events are sent."""
        options: dict[str, object] = {"source": self._source(context), "detail_type": self.detail_type}
        if self.contract:
            options["contract"] = {
                "id": self.contract.id,
                "version": self.contract.version,
                "file": self._bundled(),
            }
        return OutputSettings(self.called, self.type, self._bus(context), options)

    def files(self) -> dict[str, str]:
        """Return the schema's file by its place in the bundle."""
        return {self._bundled(): self.contract.schema_} if self.contract else {}

    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return the right to put events of this source on this bus, and their price."""
        bus = self._bus(context)
        grant = Grant(
            sid=sid("Tell", self),
            actions=("events:PutEvents",),
            resources=(bus if bus.startswith("arn:") else event_bus_arn(bus),),
            conditions=(
                Condition(operator="ForAllValues:StringEquals", key="events:source", values=(self._source(context),)),
            ),
            needed_by=place,
        )
        existing = ResourcePlan(
            id=f"{self.called.replace('_', '-')}-output",
            type="AWS::Events::EventBus",
            name=name_in(bus, context),
            existing=True,
            needed_by=place,
        )
        return Contribution(
            runner_grants=(grant,),
            resources=(existing,),
            cost_drivers=(CostDriver(meter="event-published", quantity_per_event=1, needed_by=place),),
        )

    def _bus(self, context: PlanContext) -> str:
        return context.here(self.bus) if self.bus else context.platform.event_bus

    def _source(self, context: PlanContext) -> str:
        return self.source or f"pipelines.{context.pipeline}"

    def _bundled(self) -> str:
        return f"contracts/{self.called}.json"
