"""The raw output: records land in the Raw Stage exactly as they were received."""

from __future__ import annotations

from typing import ClassVar, Literal

from constructs_lib.model.kinds import Contribution, Output, PlanContext
from constructs_lib.model.names import objects_arn
from constructs_lib.model.plan import CostDriver, Grant
from functions.contract.environment import OutputSettings
from functions.contract.raw import RAW_PREFIX, own_objects

RECORDS_PER_OBJECT = 10
"""Records that share one object at the default batch size; the price of a PUT is divided by it."""
RECORD_BYTES = 2048
"""Size of a record that the price assumes; the declaration states no size."""


class Raw(Output):
    """One object per flush below ``raw/<pipeline>/`` of the platform's bucket; objects are never changed."""

    type: Literal["raw"] = "raw"
    draft_type: ClassVar[str] = "functions.runtime.outputs.kind.Draft"

    def settings(self, context: PlanContext) -> OutputSettings:
        """Return the bucket; keys follow the layout of the Raw Stage."""
        return OutputSettings(name=self.called, type=self.type, target=context.platform.raw_bucket)

    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return the right to put objects below the pipeline's own prefix, and their price."""
        objects = objects_arn(context.platform.raw_bucket, own_objects(RAW_PREFIX, context.pipeline))
        land = Grant(sid="LandRaw", actions=("s3:PutObject",), resources=(objects,), needed_by=place)
        return Contribution(
            runner_grants=(land,),
            cost_drivers=(
                CostDriver(meter="s3-put", quantity_per_event=1 / RECORDS_PER_OBJECT, needed_by=place),
                CostDriver(meter="s3-gb-month", quantity_per_event=RECORD_BYTES / 10**9, needed_by=place),
            ),
        )
