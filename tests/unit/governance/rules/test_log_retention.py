from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.log_retention import LogRetention
from tests.unit.governance.cases import deployed, resource

RULE = LogRetention()


def group(**properties: Any) -> dict[str, Any]:
    return resource("AWS::Logs::LogGroup", **properties)


@pytest.mark.parametrize(
    ("function", "log_group"),
    [
        ({"LoggingConfig": {"LogGroup": {"Ref": "Logs"}}}, {}),
        ({"LoggingConfig": {"LogGroup": "orders-log"}}, {"LogGroupName": "orders-log"}),
        ({"FunctionName": "orders"}, {"LogGroupName": "/aws/lambda/orders"}),
        ({}, {"LogGroupName": {"Fn::Sub": "/aws/lambda/${Land}"}}),
    ],
)
def test_a_log_group_with_an_end_passes(function: dict[str, Any], log_group: dict[str, Any]) -> None:
    resources = {"Land": resource("AWS::Lambda::Function", **function), "Logs": group(RetentionInDays=90, **log_group)}
    assert deployed(RULE, resources) == []


def test_a_log_group_that_lambda_makes_is_denied() -> None:
    other = group(LogGroupName="/aws/lambda/other", RetentionInDays=90)
    (finding,) = deployed(RULE, {"Land": resource("AWS::Lambda::Function", FunctionName="orders"), "Logs": other})
    assert finding.found == "no log group"


def test_a_log_group_without_an_end_is_denied() -> None:
    function = resource("AWS::Lambda::Function", LoggingConfig={"LogGroup": {"Ref": "Logs"}})
    (finding,) = deployed(RULE, {"Land": function, "Logs": group()})
    assert finding.found == "a log group that keeps its lines for ever"
