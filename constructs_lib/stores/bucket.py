"""The bucket store: an S3 bucket that a handler reads and writes at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.model.contribution import Contribution
from constructs_lib.model.functions import Condition, Grant
from constructs_lib.model.names import bucket_arn, objects_arn
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.store import Store
from constructs_lib.model.units import Duration, Switch, duration_text
from functions.contract.environment import StoreSettings

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

CALLS_PER_EVENT = 1.0
"""Reads and writes of a record that the price assumes; the declaration states none."""
OBJECT_BYTES = 100_000
"""Size of a written object that the price assumes, kept for a month."""
DAY = timedelta(days=1)

BucketName = Annotated[
    str, Field(pattern=r"^([a-z0-9.-]|\$\{(stage|AWS::AccountId|AWS::Region)\}){3,63}$", max_length=120)
]
Prefix = Annotated[str, Field(pattern=r"^[A-Za-z0-9!_.'()/=-]*$", max_length=512)]


class Bucket(Store):
    """A bucket of the pipeline's own, or an existing one by its name."""

    type: Literal["bucket"] = "bucket"
    bucket: BucketName | None = None
    """An existing bucket, ``${stage}`` in it is replaced; absent, the pipeline makes its own."""
    prefix: Prefix = ""
    """How the keys begin that the handler can reach; all of them when absent."""
    list: Switch = False
    """Whether the handler may see which objects there are."""
    versioned: Switch = True
    """Whether what is replaced or deleted is kept for 30 more days; of a bucket of the pipeline's own."""
    expire_after: Duration | None = None
    """Age in whole days at which objects are removed; kept when absent; of a bucket of the pipeline's own."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = sorted({"versioned", "expire_after"} & self.model_fields_set)
        if self.bucket and given:
            raise refusal(
                "store-exists-already",
                f"{' and '.join(given)} with the existing bucket {self.bucket}",
                "name, access, prefix and list of an existing bucket",
                f"remove {' and '.join(given)}: whoever owns the bucket sets them",
            )
        if self.expire_after is not None and (self.expire_after % DAY or not self.expire_after):
            text = duration_text(self.expire_after)
            raise refusal("expiry-not-days", f"expire_after is {text}", "1d or more whole days", "write 30d")
        if self.list and "read" not in self.access:
            found = f"list: true with access: {self.access}"
            raise refusal("store-access-short", found, "an access with read in it", "add read or remove list")
        return self

    def settings(self, context: PlanContext) -> StoreSettings:
        """Return the bucket's name, and what limits its use."""
        limits = {"prefix": self.prefix, "lists": self.list}
        options: dict[str, Any] = {name: value for name, value in limits.items() if value}
        return StoreSettings(self.name, self.type, self._bucket(context), self.access, options)

    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return what the handler may do, the price of doing each once a record, and the bucket when it is new."""
        resource = ResourcePlan(
            id=self._id,
            type="AWS::S3::Bucket",
            name=self._bucket(context),
            existing=self.bucket is not None,
            needed_by=place,
        )
        return Contribution(
            runner_grants=tuple(self._grants(context, place)),
            resources=(resource,),
            cost_drivers=tuple(self._costs(place)),
        )

    def bind(self, site: Site) -> None:
        """Make the bucket; an existing one stays as it is."""
        if self.bucket:
            return
        from constructs_lib.model.own_bucket import bucket, days, tls_only

        own = bucket(
            site.plan.resource(self._id).name,
            key=site.platform_key(),
            versioned=self.versioned,
            expire_days=days(self.expire_after),
            forget_replaced=self.versioned,
        )
        site.add_planned(f"{self._id}-policy", tls_only(site.add_planned(self._id, own)))

    @property
    def _id(self) -> str:
        return f"{self.name}-bucket"

    def _bucket(self, context: PlanContext) -> str:
        return context.here(self.bucket) if self.bucket else context.bucket(self.name.replace("_", "-"))

    def _grants(self, context: PlanContext, place: str) -> Iterator[Grant]:
        bucket = self._bucket(context)
        objects = objects_arn(bucket, f"{self.prefix}*")
        allowed = {
            "Read": ("s3:GetObject", "read" in self.access),
            "Write": ("s3:PutObject", "write" in self.access),
            "Delete": ("s3:DeleteObject", "delete" in self.access),
        }
        for word, (action, wanted) in allowed.items():
            if wanted:
                yield Grant(sid=self.sid(word), actions=(action,), resources=(objects,), needed_by=place)
        if self.list:
            below = Condition(operator="StringLike", key="s3:prefix", values=(f"{self.prefix}*",))
            yield Grant(
                sid=self.sid("List"),
                actions=("s3:ListBucket",),
                resources=(bucket_arn(bucket),),
                conditions=(below,) if self.prefix else (),
                needed_by=place,
            )

    def _costs(self, place: str) -> Iterator[CostDriver]:
        if "read" in self.access:
            yield CostDriver(meter="s3-get", quantity_per_event=CALLS_PER_EVENT, needed_by=place)
        if "write" in self.access:
            yield CostDriver(meter="s3-put", quantity_per_event=CALLS_PER_EVENT, needed_by=place)
            yield CostDriver(meter="s3-gb-month", quantity_per_event=OBJECT_BYTES / 10**9, needed_by=place)
