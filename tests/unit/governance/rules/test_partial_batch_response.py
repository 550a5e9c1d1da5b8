from __future__ import annotations

from constructs_lib.governance.rules.partial_batch_response import PartialBatchResponse
from tests.unit.governance.cases import deployed, resource

RULE = PartialBatchResponse()
MAPPING = "AWS::Lambda::EventSourceMapping"


def test_a_mapping_that_takes_single_failures_passes() -> None:
    assert deployed(RULE, {"Map": resource(MAPPING, FunctionResponseTypes=["ReportBatchItemFailures"])}) == []


def test_a_mapping_that_fails_whole_batches_is_denied() -> None:
    (finding,) = deployed(RULE, {"Map": resource(MAPPING)})
    assert finding.place.logical_id == "Map"
