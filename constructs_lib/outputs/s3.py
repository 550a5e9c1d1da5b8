"""The s3 output: objects that a handler names, in a bucket of the pipeline's own or in an existing one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from constructs_lib.model.bucket_name import BucketName, KeyPrefix, usable_age
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import objects_arn
from constructs_lib.model.output import Output
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.units import Duration, Size, shown
from functions.contract.environment import OutputSettings
from functions.contract.object_key import filled, placeholders

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

OBJECT_BYTES = 100_000
"""Size of an object that the price assumes; the declaration states none."""
_PLACE = re.compile(r"name|tenant|token|body(\.[A-Za-z_][A-Za-z0-9_]*)+")


def _known_places(template: str) -> str:
    wrong = [place for place in placeholders(template) if not _PLACE.fullmatch(place)]
    if wrong or set("{}") & set(filled(template, lambda _place: "")):
        raise refusal(
            "key-template-wrong",
            f"{shown(template)} cannot name an object",
            "text with {name}, {tenant}, {token} and {body.field} in it",
            "write {tenant}/{name}",
        )
    return template


KeyTemplate = Annotated[str, AfterValidator(_known_places), Field(min_length=1, max_length=512)]


class S3Output(Output):
    """Objects below one prefix; a record that is tried again writes the same keys again."""

    type: Literal["s3"] = "s3"
    draft_type: ClassVar[str] = "functions.runtime.outputs.s3.S3Draft"
    bucket: BucketName | None = None
    """An existing bucket, ``${stage}`` in it is replaced; absent, the pipeline brings one."""
    prefix: KeyPrefix = ""
    """How every key begins; the function may write no other."""
    key: KeyTemplate = "{name}"
    """The rest of the key; ``{name}``, ``{tenant}``, the run's ``{token}`` and ``{body.field}`` are filled in."""
    if_exists: Literal["replace", "keep"] = "replace"
    """Whether an object that is there already is replaced, or kept as it is."""
    max_object_size: Size = 50_000_000
    """Largest object that a handler may put; it is held in memory until the handler has returned."""
    expire_after: Duration | None = None
    """Age in whole days at which the own bucket removes objects; absent, it keeps them."""

    @field_validator("expire_after")
    @classmethod
    def _the_owner_decides_what_expires(cls, age: timedelta | None, info: ValidationInfo) -> timedelta | None:
        return usable_age(age, info.data.get("bucket"))

    def bucket_name(self, context: PlanContext) -> str:
        """Return the bucket's physical name."""
        return context.here(self.bucket) if self.bucket else context.bucket(self.part())

    def part(self) -> str:
        """Return the part of the own bucket's name."""
        return self.name.replace("_", "-") if self.name else "out"

    def settings(self, context: PlanContext) -> OutputSettings:
        """Return the bucket, and how its objects are named and written."""
        options = {
            "prefix": self.prefix,
            "key": self.key,
            "if_exists": self.if_exists,
            "max_object_size": self.max_object_size,
        }
        return OutputSettings(name=self.called, type=self.type, target=self.bucket_name(context), options=options)

    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return the right to put objects below the prefix, and their price."""
        name = self.bucket_name(context)
        put = Grant(
            sid=f"PutObjects{self.called.title().replace('_', '')}",
            actions=("s3:PutObject",),
            resources=(objects_arn(name, f"{self.prefix}*"),),
            needed_by=place,
        )
        own = ResourcePlan(
            id=f"{self._part_id()}-bucket",
            type="AWS::S3::Bucket",
            name=name,
            existing=self.bucket is not None,
            needed_by=place,
        )
        return Contribution(
            runner_grants=(put,),
            resources=(own,),
            cost_drivers=(
                CostDriver(meter="s3-put", quantity_per_event=1, needed_by=place),
                CostDriver(meter="s3-gb-month", quantity_per_event=OBJECT_BYTES / 10**9, needed_by=place),
            ),
        )

    def bind(self, site: Site) -> None:
        """Make the bucket, unless it exists."""
        from constructs_lib.model.own_bucket import bucket, days, tls_only

        plan = site.plan.resource(f"{self._part_id()}-bucket")
        if plan.existing:
            return
        parts = [part.title() for part in self._part_id().split("-")]
        name = f"{''.join(parts)}Bucket"
        own = bucket(
            plan.name,
            key=site.platform_key(),
            expire_days=days(self.expire_after),
            forget_replaced=self.expire_after is not None,
        )
        site.add_resource(f"{name}Policy", tls_only(site.add_resource(name, own)))

    def _part_id(self) -> str:
        return f"output-{self.called.replace('_', '-')}"
