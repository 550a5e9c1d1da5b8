"""The dynamodb output: items of a table, written after the handler has returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from constructs_lib.model.contribution import Contribution
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import table_arn
from constructs_lib.model.output import Output
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.table_keys import KeyName, pairs
from constructs_lib.outputs._named import part_of, sid
from functions.contract.environment import OutputSettings

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

TableName = Annotated[str, Field(pattern=r"^([A-Za-z0-9_.-]|\$\{stage\}){3,255}$")]


class DynamoDb(Output):
    """A table of the pipeline's own, or an existing one by its name; with the keys that it has."""

    type: Literal["dynamodb"] = "dynamodb"
    table: TableName | None = None
    """An existing table, ``${stage}`` in it is replaced; absent, the pipeline makes its own."""
    partition_key: KeyName
    """Attribute that items are found by; ``placed_at:N`` is a number, others are texts."""
    sort_key: KeyName | None = None
    """Attribute that tells items of one partition apart and sorts them."""

    def settings(self, context: PlanContext) -> OutputSettings:
        """Return the table, and the keys as pairs of name and type."""
        return OutputSettings(self.called, self.type, self._table(context), {"key": pairs(self)})

    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return the right to write items of exactly this table, the table, and the price of one item a record."""
        name = self._table(context)
        write = Grant(
            sid=sid("WriteItems", self),
            actions=("dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:DeleteItem"),
            resources=(table_arn(name),),
            needed_by=place,
        )
        table = ResourcePlan(
            id=self._id, type="AWS::DynamoDB::Table", name=name, existing=self.table is not None, needed_by=place
        )
        return Contribution(
            runner_grants=(write,),
            resources=(table,),
            cost_drivers=(CostDriver(meter="dynamodb-write", quantity_per_event=1, needed_by=place),),
        )

    def bind(self, site: Site) -> None:
        """Make the table, unless it exists."""
        if self.table:
            return
        from constructs_lib.model.own_table import OwnTable, table_resource

        own = OwnTable(self.partition_key, self.sort_key)
        site.add_planned(self._id, table_resource(own, site.plan.resource(self._id).name, site.platform_key()))

    @property
    def _id(self) -> str:
        return f"{self.called.replace('_', '-')}-output"

    def _table(self, context: PlanContext) -> str:
        return context.here(self.table) if self.table else context.name(part_of(self, "table"))
