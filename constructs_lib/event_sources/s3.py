"""The s3 source: objects that appear in a bucket, or disappear from it."""

from __future__ import annotations

import base64
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote_plus

from pydantic import Field, ValidationInfo, field_validator

from constructs_lib.event_sources._s3_resources import add_source
from constructs_lib.model.bucket_name import BucketName, KeyPrefix, usable_age
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.event_source import EventSource
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import objects_arn
from constructs_lib.model.own_bucket import days
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.samples import REGION, SampleMessage, SampleRecord, enveloped
from constructs_lib.model.units import Duration, Size

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

PART = "in"
"""Part of the own bucket's name."""
BUCKET, RULE = "source-bucket", "source-rule"


class S3Source(EventSource):
    """Objects of a bucket of the pipeline's own, or of an existing one; the record is what S3 says of the object."""

    type: Literal["s3"] = "s3"
    bucket: BucketName | None = None
    """An existing bucket, ``${stage}`` in it is replaced; absent, the pipeline brings one."""
    via: Literal["event_bridge", "notification"] = "event_bridge"
    """How S3 tells: through EventBridge, or straight to the queue, which only the pipeline's own bucket can."""
    events: Annotated[tuple[Literal["created", "deleted"], ...], Field(min_length=1)] = ("created",)
    """What is told."""
    prefix: KeyPrefix = ""
    """Only objects whose keys begin so; the handler may read no others."""
    suffix: KeyPrefix = ""
    """Only objects whose keys end so."""
    min_size: Size = 0
    """Smaller objects are left out."""
    max_object_size: Size | None = None
    """Larger objects are quarantined unread."""
    read: Literal["version", "newest"] = "version"
    """Whether the handler reads the very version that was told of, or with one right less the newest one."""
    expire_after: Duration | None = None
    """Age in whole days at which the own bucket removes objects; absent, it keeps them."""

    @field_validator("via")
    @classmethod
    def _others_buckets_tell_through_event_bridge(cls, via: str, info: ValidationInfo) -> str:
        """A notification is a property of the bucket, which belongs to another stack."""
        if via == "notification" and info.data.get("bucket") is not None:
            raise refusal(
                "notification-of-others-bucket",
                "via notification with an existing bucket",
                "via event_bridge, or the pipeline's own bucket",
                "leave via out, and have the bucket's owner switch EventBridge on",
            )
        return via

    @field_validator("expire_after")
    @classmethod
    def _the_owner_decides_what_expires(cls, age: timedelta | None, info: ValidationInfo) -> timedelta | None:
        return usable_age(age, info.data.get("bucket"))

    def record_fields(self) -> tuple[str, ...]:
        """Return what is known of the object."""
        return ("object.bucket", "object.key", "object.version", "object.event")

    def natural_key(self) -> tuple[str, ...]:
        """Return bucket, key and version: what S3 tells twice is one record, what is written twice is two."""
        return ("object.bucket", "object.key", "object.version")

    def options(self, _context: PlanContext) -> dict[str, Any]:
        """Return what the reader checks where the service cannot, and how the handler may read."""
        told: dict[str, Any] = {"events": list(self.events), "read": self.read}
        for name in ("prefix", "suffix", "min_size", "max_object_size"):
            if value := getattr(self, name):
                told[name] = value
        return told

    def sample_body(self) -> dict[str, str]:
        """Return an object by its key and its text; ``base64`` in place of ``text`` holds other bytes."""
        return {"key": f"{self.prefix}sample{self.suffix}", "text": "x" * max(self.min_size, 1)}

    def sample_unwanted(self) -> tuple[SampleMessage, ...]:
        """Return the test of a new notification, and an object that lies elsewhere."""
        test = enveloped({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": self.bucket or "drill-source"})
        elsewhere = SampleRecord(id="unwanted", text='{"key": "drill-elsewhere/sample", "text": "x"}')
        return (test, self.sample_envelope(elsewhere)) if self.prefix else (test,)

    def sample_envelope(self, record: SampleRecord) -> SampleMessage:
        """Return the news of an object, and the object itself."""
        said = record.body if isinstance(record.body, dict) else {}
        content = base64.b64decode(str(said["base64"])) if "base64" in said else str(said.get("text", "")).encode()
        key, bucket = self._numbered(str(said.get("key", "")), record.number), self.bucket or "drill-source"
        about = {"size": len(content), "sequencer": f"{record.number:018X}"}
        etag = sha256(content).hexdigest()[:32]
        objects = {f"{bucket}/{key}": content}
        if self.via == "notification":
            told = {"key": quote_plus(key), "eTag": etag, **about}
            news = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": told}}
            beside = {"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": REGION, **news}
            return enveloped({"Records": [beside]}, objects=objects)
        detail = {"version": "0", "bucket": {"name": bucket}, "object": {"key": key, "etag": etag, **about}}
        event = {"version": "0", "id": record.id, "detail-type": "Object Created", "source": "aws.s3", "detail": detail}
        return enveloped(event, objects=objects)

    def _numbered(self, key: str, number: int) -> str:
        """Return a key of its own for each number; prefix and suffix stay."""
        stem = key.removesuffix(self.suffix) if self.suffix else key
        folder, slash, name = stem.rpartition("/")
        name, dot, ending = name.partition(".")
        return f"{folder}{slash}{name}-{number}{dot}{ending}{key[len(stem) :]}"

    def bucket_name(self, context: PlanContext) -> str:
        """Return the bucket's physical name."""
        return context.here(self.bucket) if self.bucket else context.bucket(PART)

    def brings_store(self) -> bool:
        """Return that the bucket is there to be read."""
        return True

    def contribute(self, context: PlanContext) -> Contribution:
        """Return the bucket, the rule, and the right to read objects below the prefix."""
        name = self.bucket_name(context)
        actions = ("s3:GetObject", "s3:GetObjectVersion") if self.read == "version" else ("s3:GetObject",)
        granted = Grant(
            sid="ReadSource", actions=actions, resources=(objects_arn(name, f"{self.prefix}*"),), needed_by="source"
        )
        rules = (ResourcePlan(id=RULE, type="AWS::Events::Rule", name=context.name("objects"), needed_by="source"),)
        return Contribution(
            store_grants=(granted,),
            resources=(
                ResourcePlan(
                    id=BUCKET,
                    type="AWS::S3::Bucket",
                    name=name,
                    existing=self.bucket is not None,
                    needed_by="source",
                ),
                *(rules if self.via == "event_bridge" else ()),
            ),
            cost_drivers=(
                CostDriver(meter="s3-get", quantity_per_event=1, needed_by="source"),
                *(CostDriver(meter=meter, quantity_per_event=1, needed_by="source") for meter in self._paid_by_owner()),
            ),
        )

    def _paid_by_owner(self) -> tuple[str, ...]:
        """Return what objects cost whoever owns the bucket; for EventBridge, S3 has to be switched on, and is paid."""
        if self.bucket:
            return ()
        return ("s3-put", "event-published") if self.via == "event_bridge" else ("s3-put",)

    def bind(self, site: Site) -> None:
        """Make the bucket, what tells of its objects, and the right to put that on the queue."""
        add_source(site, self, direct=self.via == "notification", expire_days=days(self.expire_after))
