"""No bucket can be opened to the public."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from constructs_lib.governance.rule import Finding, Place, TemplateRule
from constructs_lib.governance.statement import document_statements
from constructs_lib.governance.template import BUCKET, Resource, Template

_BLOCKS: Final = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


class PrivateBucket(TemplateRule):
    """Raw records hold whatever a source sent; one public policy publishes all of it at once."""

    slug = "private-bucket"
    requirement = "Every bucket blocks all four kinds of public access and no policy allows everyone."

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at the buckets and their policies."""
        for bucket in template.of_type(BUCKET):
            settings = bucket.get("PublicAccessBlockConfiguration") or {}
            missing = [name for name in _BLOCKS if str(settings.get(name)).lower() != "true"]
            if missing:
                yield self._fault(bucket, f"not set: {', '.join(missing)}", "PublicAccessBlockConfiguration")
        for policy in template.of_type("AWS::S3::BucketPolicy"):
            for statement in document_statements(policy.get("PolicyDocument") or {}):
                if statement.get("Effect") == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"}):
                    yield self._fault(policy, "a policy that allows everyone", "PolicyDocument")

    def _fault(self, resource: Resource, found: str, at: str) -> Finding:
        return self.finding(
            Place.of(resource),
            found=found,
            allowed="all four blocks on, and policies that name who they allow",
            fix="set block_public_access=BlockPublicAccess.BLOCK_ALL and name the principals",
            at=f"Properties.{at}",
        )
