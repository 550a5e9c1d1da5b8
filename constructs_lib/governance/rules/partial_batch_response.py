"""One bad record of a batch fails alone."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Finding, Place, TemplateRule
from constructs_lib.governance.template import MAPPING, Template


class PartialBatchResponse(TemplateRule):
    """Without it one bad record sends the nine good ones of its batch round again until all of them are given up."""

    slug = "partial-batch-response"
    requirement = "Every event source mapping takes a list of failed records from its function."

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at every mapping of the template."""
        for mapping in template.of_type(MAPPING):
            if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or ()):
                yield self.finding(
                    Place.of(mapping),
                    found="a failure counts for the whole batch",
                    allowed="FunctionResponseTypes: [ReportBatchItemFailures]",
                    fix="set it on the mapping and return batchItemFailures from the handler",
                    at="Properties.FunctionResponseTypes",
                )
