"""The table store: a DynamoDB table that a handler reads and writes at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.model.contribution import Contribution
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import index_arn, stream_parameter, table_arn
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.store import Store
from constructs_lib.model.table_keys import Index, Keyed, KeyName, pairs
from functions.contract.environment import StoreSettings

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

READ = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
WRITE = ("dynamodb:PutItem", "dynamodb:UpdateItem")
DELETE = ("dynamodb:DeleteItem",)
CHANGES = ("write", "delete")
"""What costs the units of a write."""
CALLS_PER_EVENT = 1.0
"""Reads and writes of a record that the price assumes, each of one unit; the declaration states none."""
MOST_INDEXES = 20
"""Global secondary indexes of one table (Amazon DynamoDB developer guide, quotas)."""

TableName = Annotated[str, Field(pattern=r"^([A-Za-z0-9_.-]|\$\{stage\}){3,255}$")]


class Table(Store):
    """A table of the pipeline's own, or an existing one by its name; with the keys that it has."""

    type: Literal["table"] = "table"
    table: TableName | None = None
    """An existing table, ``${stage}`` in it is replaced; absent, the pipeline makes its own."""
    partition_key: KeyName
    """Attribute that items are found by; ``placed_at:N`` is a number, others are texts."""
    sort_key: KeyName | None = None
    """Attribute that tells items of one partition apart and sorts them."""
    indexes: Annotated[tuple[Index, ...], Field(max_length=MOST_INDEXES)] = ()
    """Other ways to find items, each with all attributes; of an existing table those that are used."""
    ttl: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=255)] | None = None
    """Attribute with the second since 1970 from which on DynamoDB may remove an item; within two days it does."""
    stream: Literal["keys_only", "new_image", "old_image", "new_and_old_images"] | None = None
    """What a stream tells of each change, for other pipelines whose source it is; no stream when absent."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = [name for name in ("ttl", "stream") if getattr(self, name)]
        if self.table and given:
            raise refusal(
                "store-exists-already",
                f"{' and '.join(given)} with the existing table {self.table}",
                "name, access and keys of an existing table",
                f"remove {' and '.join(given)}: whoever owns the table sets them",
            )
        wrong = next(_key_faults(self), None)
        if wrong:
            allowed = (
                "each attribute with one type, each index with a name, and two attributes where there is a sort key"
            )
            raise refusal("table-keys-wrong", wrong, allowed, "correct the keys; they cannot change later")
        return self

    def settings(self, context: PlanContext) -> StoreSettings:
        """Return the table's name, and the keys as pairs of name and type."""
        options: dict[str, Any] = {"key": pairs(self)}
        if self.indexes:
            options["indexes"] = {index.name: pairs(index) for index in self.indexes}
        return StoreSettings(self.name, self.type, self._table(context), self.access, options)

    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return what the handler may do, the price of doing each once a record, and the table when it is new."""
        return Contribution(
            runner_grants=tuple(self._grants(context, place)),
            resources=tuple(self._resources(context, place)),
            cost_drivers=tuple(self._costs(place)),
        )

    def bind(self, site: Site) -> None:
        """Make the table and the parameter that tells other pipelines of its stream; an existing one stays as it is."""
        if self.table:
            return
        from constructs_lib.model.own_table import stream_arn_parameter, table_resource

        plan = {resource.id: resource for resource in site.plan.resources}
        name = plan[self._id].name
        table = site.add_planned(self._id, table_resource(self, name, site.platform_key()))
        if self.stream:
            parameter = stream_arn_parameter(plan[self._parameter_id].name, table)
            site.add_planned(self._parameter_id, parameter)

    @property
    def _id(self) -> str:
        return f"{self.name}-table"

    @property
    def _parameter_id(self) -> str:
        return f"{self.name}-stream-arn"

    def _table(self, context: PlanContext) -> str:
        return context.here(self.table) if self.table else context.name(self.name.replace("_", "-"))

    def _grants(self, context: PlanContext, place: str) -> Iterator[Grant]:
        name = self._table(context)
        if "read" in self.access:
            resources = (table_arn(name), *(index_arn(name, index.name) for index in self.indexes))
            yield Grant(sid=self.sid("Read"), actions=READ, resources=resources, needed_by=place)
        if "write" in self.access:
            yield Grant(sid=self.sid("Write"), actions=WRITE, resources=(table_arn(name),), needed_by=place)
        if "delete" in self.access:
            yield Grant(sid=self.sid("Delete"), actions=DELETE, resources=(table_arn(name),), needed_by=place)

    def _costs(self, place: str) -> Iterator[CostDriver]:
        words = self.access.split("_")
        for meter, used in (("dynamodb-read", "read" in words), ("dynamodb-write", any(w in words for w in CHANGES))):
            if used:
                yield CostDriver(meter=meter, quantity_per_event=CALLS_PER_EVENT, needed_by=place)

    def _resources(self, context: PlanContext, place: str) -> Iterator[ResourcePlan]:
        name, existing = self._table(context), self.table is not None
        yield ResourcePlan(id=self._id, type="AWS::DynamoDB::Table", name=name, existing=existing, needed_by=place)
        if self.stream:
            parameter = stream_parameter(context.platform, name)
            yield ResourcePlan(id=self._parameter_id, type="AWS::SSM::Parameter", name=parameter, needed_by=place)


def _key_faults(table: Table) -> Iterator[str]:
    types: dict[str, str] = {}
    names = [index.name for index in table.indexes]
    for name in names:
        if names.count(name) > 1:
            yield f"two indexes have the name {name}"
    keyed: tuple[Keyed, ...] = (table, *table.indexes)
    for keys in keyed:
        found = pairs(keys)
        if len({name for name, _ in found}) < len(found):
            yield f"{found[0][0]} is both partition and sort key"
        for name, kind in found:
            if types.setdefault(name, kind) != kind:
                yield f"{name} is both a text and a number"
