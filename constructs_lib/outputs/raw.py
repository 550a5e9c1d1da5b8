"""The raw output: records land in the Raw Stage exactly as they were received."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import ValidationInfo, field_validator

from constructs_lib.model.contribution import Contribution
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import objects_arn
from constructs_lib.model.output import Output
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from functions.contract.environment import OutputSettings
from functions.contract.raw import GZIP_FORM, PARQUET_FORM, RAW_PREFIX, own_objects

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext

RECORDS_PER_OBJECT = 10
"""Records that share one object at the default batch size; the price of a PUT is divided by it."""
RECORD_BYTES = 2048
"""Size of a record that the price assumes; the declaration states no size."""


class Raw(Output):
    """One object per flush below ``raw/<pipeline>/`` of the platform's bucket; objects are never changed."""

    type: Literal["raw"] = "raw"
    draft_type: ClassVar[str] = "functions.runtime.outputs.kind.Draft"
    format: Literal["jsonl", "parquet"] = "jsonl"
    """JSON lines, or Parquet, for which the runner's requirements must bring pyarrow."""
    compression: Literal["none", "gzip"] = "none"
    """How JSON lines are compressed; Parquet compresses its columns anyway."""

    @field_validator("compression")
    @classmethod
    def _columns_are_compressed_anyway(cls, compression: str, info: ValidationInfo) -> str:
        if compression != "none" and info.data.get("format") == "parquet":
            allowed, fix = "format jsonl with it, or format parquet without", "remove compression"
            raise refusal("compression-of-parquet", f"compression {compression} of Parquet", allowed, fix)
        return compression

    def libraries(self) -> tuple[str, ...]:
        """Return what writes Parquet."""
        return ("pyarrow",) if self.format == "parquet" else ()

    def settings(self, context: PlanContext) -> OutputSettings:
        """Return the bucket; keys follow the layout of the Raw Stage."""
        form = PARQUET_FORM if self.format == "parquet" else GZIP_FORM if self.compression == "gzip" else ""
        options = {"form": form} if form else {}
        return OutputSettings(name=self.called, type=self.type, target=context.platform.raw_bucket, options=options)

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
