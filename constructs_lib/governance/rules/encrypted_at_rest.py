"""Payloads rest encrypted."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Finding, Place, TemplateRule
from constructs_lib.governance.template import BUCKET, QUEUE, TOPIC, Resource, Template


class EncryptedAtRest(TemplateRule):
    """A payload on a disk that is not encrypted is readable by whoever gets the disk or its backup."""

    slug = "encrypted-at-rest"
    requirement = "Every queue, bucket and topic states its encryption; tables and logs are always encrypted by AWS."

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at the encryption properties of everything that keeps payloads."""
        for resource in template.of_type(QUEUE, BUCKET, TOPIC):
            if not _encrypted(resource):
                yield self.finding(
                    Place.of(resource),
                    found="no encryption is stated",
                    allowed="SqsManagedSseEnabled, BucketEncryption or a KMS key",
                    fix="state the managed encryption of the service, or name a key of your own",
                    at="Properties",
                )


def _encrypted(resource: Resource) -> bool:
    if resource.type == BUCKET:
        return bool(resource.get("BucketEncryption", "ServerSideEncryptionConfiguration"))
    return bool(resource.get("KmsMasterKeyId")) or resource.get("SqsManagedSseEnabled") is True
