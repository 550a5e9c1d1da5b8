"""The dynamodb source: changes of a table, told by its stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.event_sources._pattern import TABLE_STREAM, Dialect
from constructs_lib.event_sources._streams import StreamSource
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import made_stream, stream_parameter
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.samples import ACCOUNT, REGION, SampleMessage, SampleRecord, enveloped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.plan import CostDriver
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

TABLE = "table"
TYPE = "AWS::DynamoDB::Table"
CALLS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
KeyName = Annotated[
    str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,99}(:[SN])?$", examples=["order_id", "placed_at:N"])
]
TableName = Annotated[str, Field(pattern=r"^([A-Za-z0-9_.-]|\$\{stage\}){3,255}$")]
StreamArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:dynamodb:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:table/([A-Za-z0-9_.-]|\$\{stage\}){3,255}/stream/[0-9T:.-]+$",
        examples=["arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-31T12:00:00.000"],
    ),
]


class DynamodbSource(StreamSource):
    """Changes of the pipeline's own table, of a table on the same platform by its name, or of any stream by its ARN."""

    DIALECT: ClassVar[Dialect] = TABLE_STREAM

    type: Literal["dynamodb"] = "dynamodb"
    partition_key: KeyName | None = None
    """Makes a table of the pipeline's own: the attribute that items are found by; ``:N`` behind it for a number."""
    sort_key: KeyName | None = None
    """Attribute of the own table that tells items of one partition apart and sorts them."""
    view: Literal["new_and_old_images", "new_image", "old_image", "keys_only"] = "new_and_old_images"
    """What the stream of the own table tells of a change; an existing stream tells what its owner chose."""
    table: TableName | None = None
    """An existing table whose stream a pipeline of the platform publishes; ``${stage}`` in it is replaced."""
    arn: StreamArn | None = None
    """The stream of any existing table."""

    @model_validator(mode="after")
    def _has_one_stream(self) -> Self:
        given = [name for name in ("partition_key", "table", "arn") if getattr(self, name)]
        if len(given) != 1 or (self.sort_key and not self.partition_key):
            found = " and ".join(given) or "no table"
            raise refusal(
                "source-table-unclear",
                f"{found}{' with a sort_key' if self.sort_key else ''}",
                "exactly one of partition_key (an own table, with or without sort_key), table and arn",
                "name the one table whose changes are meant",
            )
        return self

    def record_fields(self) -> tuple[str, ...]:
        """Return what is told of a change besides the item."""
        plain = ("event_id", "name", "size", "at", "ttl_removal")
        return (*(f"change.{name}" for name in plain), "change.keys.*", "change.new.*", "change.old.*")

    def natural_key(self) -> tuple[str, ...]:
        """Return the id of the change, which stays the same whenever it is told again."""
        return ("change.event_id",)

    def sample_body(self) -> dict[str, str]:
        """Return an item: an empty one is none."""
        return {"id": "sample"}

    def sample_envelope(self, record: SampleRecord) -> SampleMessage:
        """Return the event of one new item, without its position; a group is what happens to one key."""
        item, (key, kind) = record.body, _typed(self.partition_key or "id")
        known = record.group or record.id
        stream = f"table/drill/stream/{record.at.strftime('%Y-%m-%d')}T00:00:00.000"
        return enveloped(
            {
                "eventID": record.id,
                "eventVersion": "1.1",
                "eventName": "INSERT",
                "eventSource": "aws:dynamodb",
                "eventSourceARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:{stream}",
                "dynamodb": {
                    "Keys": {key: {kind: known if kind == "S" else str(sum(known.encode()))}},
                    "NewImage": _attribute(item)["M"] if isinstance(item, dict) and item else record.text,
                    "SizeBytes": len(record.text),
                    "StreamViewType": "NEW_AND_OLD_IMAGES",
                },
            }
        )

    def stream(self, context: PlanContext) -> str:
        """Return the ARN: the one that was given, the one that is published, or that of the own table."""
        if self.arn:
            return context.here(self.arn)
        if self.table:
            return "{{resolve:ssm:" + stream_parameter(context.platform, context.here(self.table)) + "}}"
        return made_stream(TABLE)

    def bind(self, site: Site) -> None:
        """Make the own table; an existing one stays as it is."""
        if self.partition_key:
            site.add_planned(TABLE, self._own_table(site))

    def _own_table(self, site: Site) -> dict[str, Any]:
        from constructs_lib.event_sources._stream_resources import table

        keys = tuple(_typed(key) for key in (self.partition_key, self.sort_key) if key)
        return table(site, site.plan.resource(TABLE).name, keys, self.view)

    def _resources(self, context: PlanContext) -> Iterator[ResourcePlan]:
        if self.partition_key:
            yield ResourcePlan(id=TABLE, type=TYPE, name=context.name(TABLE), needed_by="source")
        else:
            name = context.here(self.table or self.arn or "")
            yield ResourcePlan(id=TABLE, type=TYPE, name=name, existing=True, needed_by="source")

    def _grants(self, context: PlanContext) -> Iterator[Grant]:
        actions = tuple(f"dynamodb:{call}" for call in CALLS)
        yield Grant(sid="ReadChanges", actions=actions, resources=(self.stream(context),), needed_by="source")

    def _costs(self) -> Iterator[CostDriver]:
        """Reading by Lambda is free of charge."""
        yield from ()


def _typed(key: str) -> tuple[str, str]:
    """Return name and type of a key."""
    name, _, kind = key.partition(":")
    return name, kind or "S"


def _attribute(value: Any) -> dict[str, Any]:
    """Return a value of JSON as a stream tells it."""
    if isinstance(value, dict):
        return {"M": {name: _attribute(inner) for name, inner in value.items()}}
    if isinstance(value, list):
        return {"L": [_attribute(inner) for inner in value]}
    if value is None or isinstance(value, bool):
        return {"NULL": True} if value is None else {"BOOL": value}
    return {"S": value} if isinstance(value, str) else {"N": str(value)}
