"""The iot source: messages that devices publish by MQTT, chosen by a rule of AWS IoT."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from constructs_lib.event_sources._iot_language import check_condition, check_topic
from constructs_lib.event_sources._iot_resources import RULE, add_topic_rule, statement
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.event_source import EventSource
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.samples import SampleMessage, SampleRecord, enveloped, plain
from functions.contract.iot import TOLD

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

Sql = Annotated[str, Field(min_length=1, max_length=2000)]
TopicFilter = Annotated[
    str, AfterValidator(check_topic), Field(pattern=r"^[^'\s\x00{}]{1,256}$", examples=["plants/+/readings"])
]
Condition = Annotated[Sql, AfterValidator(check_condition)]
_FROM = re.compile(r"\sFROM\s+'([^']+)'", re.IGNORECASE)
_SELECT = re.compile(r"\s*SELECT\s.+\sFROM\s+'[^']+'.*", re.IGNORECASE | re.DOTALL)


class IotSource(EventSource):
    """Messages on MQTT topics; a rule of AWS IoT sends them to the buffer under a role of its own."""

    type: Literal["iot"] = "iot"
    topic: TopicFilter | None = None
    """Which topics, with the wildcards of MQTT: ``plants/+/readings``."""
    where: Condition | None = None
    """A condition over the payload in the SQL of AWS IoT, such as ``celsius > 80``; with ``topic``."""
    sql: Sql | None = Field(default=None, validate_default=True)
    """The whole statement of the rule, in place of ``topic`` and ``where``; the record is what it selects."""

    @field_validator("sql")
    @classmethod
    def _the_rule_is_said_once(cls, sql: str | None, info: ValidationInfo) -> str | None:
        if not info.data.keys() >= {"topic", "where"}:
            return sql
        topic, where = info.data["topic"], info.data["where"]
        if (sql is None) == (topic is None) or (sql is not None and where is not None):
            found = "neither topic nor sql" if sql is None else "sql beside topic or where"
            fix = "write topic: plants/+/readings, or the whole statement as sql"
            raise refusal("iot-rule-wrong", found, "topic, with where if need be, or sql alone", fix)
        if sql is not None and not _SELECT.fullmatch(sql):
            found = "sql is no statement of a rule"
            raise refusal("iot-rule-wrong", found, "SELECT … FROM 'topic'", "write SELECT * FROM 'plants/+/readings'")
        if sql is not None:
            check_condition(sql)
            check_topic(_FROM.findall(sql)[-1])
        return sql

    def record_fields(self) -> tuple[str, ...]:
        """Return what the rule tells of a message."""
        return ("iot.*",)

    def sample_envelope(self, record: SampleRecord) -> SampleMessage:
        """Return what a rule selects: the payload, and beside it where it came from; a rule selects from objects."""
        if not isinstance(record.body, dict):
            return plain(record)
        topic = (self.topic or "drill").replace("#", "drill").replace("+", record.group or "drill")
        said = {"topic": topic, "client_id": "drill", "received_at": int(record.at.timestamp() * 1000)}
        return enveloped({**record.body, **{name: said[told] for name, (told, _) in TOLD.items()}})

    def contribute(self, context: PlanContext) -> Contribution:
        """Return the rule, and what a message, the rule and its action cost."""
        name = context.name(RULE).replace("-", "_")
        rule = ResourcePlan(id=RULE, type="AWS::IoT::TopicRule", name=name, needed_by="source")
        meters = {"iot-message": 1, "iot-rule": 1, "iot-action": 1}
        costs = (CostDriver(meter=meter, quantity_per_event=n, needed_by="source") for meter, n in meters.items())
        return Contribution(resources=(rule,), cost_drivers=tuple(costs))

    def bind(self, site: Site) -> None:
        """Make the rule and its role."""
        add_topic_rule(site, self.sql or statement(self.topic or "", self.where))
