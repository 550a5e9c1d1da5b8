from __future__ import annotations

from constructs_lib.governance.rules.stated_timeout import StatedTimeout
from tests.unit.governance.cases import deployed, resource

RULE = StatedTimeout()


def test_a_stated_timeout_passes() -> None:
    assert deployed(RULE, {"Land": resource("AWS::Lambda::Function", Timeout=30)}) == []


def test_a_default_timeout_is_denied() -> None:
    (finding,) = deployed(RULE, {"Land": resource("AWS::Lambda::Function"), "Q": resource("AWS::SQS::Queue")})
    assert (finding.place.logical_id, finding.decision) == ("Land", "deny")
