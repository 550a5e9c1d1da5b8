"""Payloads rest encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.governance.rule import Finding, Place, TemplateRule
from constructs_lib.governance.template import QUEUE, Resource, Template

if TYPE_CHECKING:
    from collections.abc import Iterable

STREAM: Final = "AWS::Kinesis::Stream"


class EncryptedAtRest(TemplateRule):
    """A payload on a disk that is not encrypted is readable by whoever gets the disk or its backup."""

    slug = "encrypted-at-rest"
    requirement = "No queue has its encryption switched off, and every stream has it switched on."

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at what keeps payloads and can do so in the clear."""
        for queue in template.of_type(QUEUE):
            if str(queue.get("SqsManagedSseEnabled")).lower() == "false" and not queue.get("KmsMasterKeyId"):
                yield self._fault(queue, "encryption is switched off", "SqsManagedSseEnabled")
        for stream in template.of_type(STREAM):
            if not stream.get("StreamEncryption"):
                yield self._fault(stream, "encryption is not switched on", "StreamEncryption")

    def _fault(self, resource: Resource, found: str, at: str) -> Finding:
        return self.finding(
            Place.of(resource),
            found=found,
            allowed="the managed encryption of the service, or a key of your own",
            fix=f"set {at}, or name a KMS key",
            at=f"Properties.{at}",
        )
