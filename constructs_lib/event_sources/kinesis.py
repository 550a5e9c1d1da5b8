"""The kinesis source: records of a Kinesis data stream."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.event_sources._pattern import DATA_STREAM, Dialect
from constructs_lib.event_sources._streams import StreamSource
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import made_stream
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.samples import ACCOUNT, REGION, SampleMessage, SampleRecord, enveloped
from constructs_lib.model.units import Count, Duration, Switch, duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

STREAM = "stream"
TYPE = "AWS::Kinesis::Stream"
CALLS = ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")
SHORTEST, LONGEST = timedelta(hours=24), timedelta(days=365)
"""How long a stream keeps a record (IncreaseStreamRetentionPeriod, Kinesis API reference)."""
RECORD_GB = 1e-6
"""A record of one kilobyte, in GB."""
StreamArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:kinesis:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:stream/([A-Za-z0-9_.-]|\$\{stage\}){1,128}$",
        examples=["arn:aws:kinesis:eu-west-1:111122223333:stream/clicks"],
    ),
]
KeyArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:kms:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:key/[A-Za-z0-9-]{1,100}$",
        examples=["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    ),
]


HOURS_A_MONTH = 30 * 24
"""As everywhere in a price: a month of thirty days."""


class KinesisSource(StreamSource):
    """A stream of the pipeline's own that producers put records on, or an existing one by its ARN."""

    DIALECT: ClassVar[Dialect] = DATA_STREAM

    type: Literal["kinesis"] = "kinesis"
    arn: StreamArn | None = None
    """An existing stream; ``${stage}`` in it is replaced. Absent, the pipeline makes its own."""
    on_demand: Switch = True
    """Whether the own stream scales by itself; false with ``shards``."""
    shards: Annotated[Count, Field(le=1000)] | None = None
    """Shards of the own stream, where their number is chosen by hand."""
    retention_period: Duration = timedelta(hours=24)
    """How long the own stream keeps a record; 24h to 365d."""
    key: KeyArn | None = None
    """KMS key of the stream; absent, AWS's own key for Kinesis."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        set_ = [name for name in ("on_demand", "shards", "retention_period") if name in self.model_fields_set]
        if self.arn and set_:
            raise refusal(
                "source-stream-unclear",
                f"{' and '.join(set_)} with the existing stream {self.arn}",
                "arn of an existing stream, or settings of an own one",
                f"remove {' and '.join(set_)}: whoever owns the stream sets them",
            )
        if self.shards is not None and self.on_demand and "on_demand" in self.model_fields_set:
            raise refusal(
                "source-stream-unclear", "shards with on_demand: true", "one of them", "remove on_demand or shards"
            )
        if self.shards is None and not self.on_demand:
            raise refusal("source-stream-unclear", "on_demand: false", "a number of shards with it", "add shards: 1")
        if not SHORTEST <= self.retention_period <= LONGEST:
            raise refusal(
                "retention-out-of-range",
                duration_text(self.retention_period),
                f"{duration_text(SHORTEST)} to {duration_text(LONGEST)}",
                "keep what must last in the raw stage",
            )
        return self

    def record_fields(self) -> tuple[str, ...]:
        """Return what is told of a record besides its body."""
        names = ("event_id", "shard", "sequence_number", "partition_key", "approximate_arrival")
        return tuple(f"stream.{name}" for name in names)

    def natural_key(self) -> tuple[str, ...]:
        """Return shard and sequence number, which stay the same whenever the record is handed over again."""
        return ("stream.event_id",)

    def sample_envelope(self, record: SampleRecord) -> SampleMessage:
        """Return the event of one record, without its position."""
        data = base64.b64encode(record.text.encode(errors="backslashreplace")).decode()
        return enveloped(
            {
                "eventID": f"shardId-000000000000:{record.id}",
                "eventVersion": "1.0",
                "eventName": "aws:kinesis:record",
                "eventSource": "aws:kinesis",
                "eventSourceARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/drill",
                "kinesis": {"partitionKey": record.group or f"key-{record.id}", "data": data},
            }
        )

    def batches_at_once(self) -> int | None:
        """Return the batches that run at once; None where nobody chose the number of shards."""
        return None if self.shards is None else self.shards * self.parallelization_factor

    def stream(self, context: PlanContext) -> str:
        """Return the ARN."""
        return context.here(self.arn) if self.arn else made_stream(STREAM)

    def bind(self, site: Site) -> None:
        """Make the own stream; an existing one stays as it is."""
        if self.arn is None:
            from constructs_lib.event_sources._stream_resources import stream

            name, hours = site.plan.resource(STREAM).name, int(self.retention_period.total_seconds() // 3600)
            site.add_planned(STREAM, stream(name, hours, self.shards, self.key))

    def _resources(self, context: PlanContext) -> Iterator[ResourcePlan]:
        name = context.here(self.arn) if self.arn else context.name(STREAM)
        yield ResourcePlan(id=STREAM, type=TYPE, name=name, existing=self.arn is not None, needed_by="source")

    def _grants(self, context: PlanContext) -> Iterator[Grant]:
        actions = tuple(f"kinesis:{call}" for call in CALLS)
        yield Grant(sid="ReadRecords", actions=actions, resources=(self.stream(context),), needed_by="source")
        if self.key:
            yield Grant(sid="StreamKey", actions=("kms:Decrypt",), resources=(self.key,), needed_by="source.key")

    def _costs(self) -> Iterator[CostDriver]:
        """Producers and shards are paid by who owns the stream; an own one costs its hours and what goes through."""
        if self.arn is None:
            meter, hours = ("kinesis-shard-hour", self.shards) if self.shards else ("kinesis-stream-hour", 1)
            monthly = hours * HOURS_A_MONTH
            yield CostDriver(meter=meter, quantity_per_event=0, quantity_per_month=monthly, needed_by="source")
        if self.arn is None and self.shards is None:
            yield CostDriver(meter="kinesis-gb-in", quantity_per_event=RECORD_GB, needed_by="source")
            yield CostDriver(meter="kinesis-gb-out", quantity_per_event=RECORD_GB, needed_by="source")
        elif self.arn is None:
            yield CostDriver(meter="kinesis-put-unit", quantity_per_event=1, needed_by="source")
