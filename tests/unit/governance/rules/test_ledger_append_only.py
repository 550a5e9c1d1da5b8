from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.ledger_append_only import FORBIDDEN, LedgerAppendOnly
from constructs_lib.model.functions import Grant
from tests.unit.governance.cases import deployed, pipeline, planned, policy, resource, with_runner

RULE = LedgerAppendOnly()
ARN = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/shop-dev-ledger"


def resources(action: Any, target: Any, ledger: Any = "shop-dev-ledger") -> dict[str, Any]:
    variables = {"PIPELINE_LEDGER_TABLE": ledger}
    return {
        "Ledger": resource("AWS::DynamoDB::Table", TableName="shop-dev-ledger"),
        "Role": policy(action, target),
        "Land": resource(
            "AWS::Lambda::Function", Role={"Fn::GetAtt": "Role.Arn"}, Environment={"Variables": variables}
        ),
    }


def test_a_planned_pipeline_only_adds_to_the_ledger() -> None:
    assert planned(RULE, pipeline()) == []


def test_a_planned_grant_to_rewrite_the_ledger_is_denied() -> None:
    subject = pipeline()
    arn = ARN.replace("shop-dev-ledger", subject.plan.platform.ledger_table)
    grant = Grant(sid="Fix", actions=("dynamodb:UpdateItem",), resources=(arn,), needed_by="ledger")
    (finding,) = planned(RULE, with_runner(subject, grants=(grant,)))
    assert (finding.place.resource, finding.detail) == ("land_order", "dynamodb:UpdateItem")


@pytest.mark.parametrize("action", FORBIDDEN)
@pytest.mark.parametrize("target", [{"Fn::Sub": ARN}, {"Fn::GetAtt": ["Ledger", "Arn"]}, {"Fn::Sub": "${Ledger.Arn}"}])
def test_whatever_changes_an_entry_is_denied(action: str, target: Any) -> None:
    (finding,) = deployed(RULE, resources([action, "dynamodb:PartiQLInsert"], target))
    assert (finding.place.logical_id, finding.detail) == ("Role", action)


@pytest.mark.parametrize(
    ("action", "target"), [("dynamodb:*", {"Fn::Sub": ARN}), ("*", "*"), ("dynamodb:*", ARN.replace("shop-dev", "*"))]
)
def test_a_wildcard_covers_every_forbidden_action(action: str, target: Any) -> None:
    assert {finding.detail for finding in deployed(RULE, resources(action, target))} == set(FORBIDDEN)


def test_the_ledger_may_be_named_by_reference() -> None:
    found = deployed(RULE, resources("dynamodb:DeleteItem", {"Fn::Sub": ARN}, ledger={"Ref": "Ledger"}))
    assert len(found) == 1


@pytest.mark.parametrize(
    ("action", "target"),
    [
        ("dynamodb:PartiQLInsert", {"Fn::Sub": ARN}),
        (["dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"], {"Fn::Sub": ARN}),
        ("dynamodb:UpdateItem", {"Fn::Sub": ARN.replace("ledger", "state")}),
    ],
)
def test_adding_and_reading_and_other_tables_pass(action: Any, target: Any) -> None:
    assert deployed(RULE, resources(action, target)) == []
