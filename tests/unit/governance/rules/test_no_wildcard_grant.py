from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.no_wildcard_grant import UNAVOIDABLE, NoWildcardGrant
from constructs_lib.model.functions import Grant
from tests.unit.governance.cases import HANDLER, deployed, pipeline, planned, policy, resource, with_runner

RULE = NoWildcardGrant()
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"


def test_the_grants_of_a_planned_pipeline_are_exact() -> None:
    assert planned(RULE, pipeline(runner={"handler": HANDLER, "secrets": ["crm-token"]})) == []


def test_a_planned_wildcard_is_denied_at_its_function() -> None:
    subject = pipeline()
    grant = Grant(sid="All", actions=("s3:*",), resources=("*",), needed_by="outputs[0]")
    wide = with_runner(subject, grants=(*subject.plan.functions[0].grants, grant))
    ids = [(finding.place.resource, finding.id) for finding in planned(RULE, wide)]
    assert ids == [
        ("land_order", "Pipeline::no-wildcard-grant[Action::s3:*]"),
        ("land_order", "Pipeline::no-wildcard-grant[Resource::*]"),
    ]


@pytest.mark.parametrize(
    "resources",
    [
        TABLE,
        f"{TABLE}/index/by-day",
        "arn:aws:s3:::raw/orders/*",
        {"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/orders:*"},
        {"Fn::Sub": "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:key-??????"},
        {"Fn::Join": ["", [{"Fn::GetAtt": ["Raw", "Arn"]}, "/*"]]},
    ],
)
def test_a_named_resource_passes(resources: Any) -> None:
    assert deployed(RULE, {"Role": policy("dynamodb:GetItem", resources)}) == []


@pytest.mark.parametrize(
    "resources",
    [
        "*",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/*",
        "arn:aws:sqs:eu-west-1:123456789012:*",
        "arn:aws:sqs:*:123456789012:orders",
        "arn:aws:s3:::*",
        "arn:aws:s3:::*/*",
        "arn:aws:logs:eu-west-1:123456789012:log-group:*",
    ],
)
def test_a_resource_that_is_a_whole_kind_is_denied(resources: str) -> None:
    (finding,) = deployed(RULE, {"Role": policy("dynamodb:GetItem", [resources])})
    assert finding.detail == f"Resource::{resources}"


@pytest.mark.parametrize("action", ["*", "dynamodb:*", "dynamodb:Get*"])
def test_an_action_with_a_wildcard_is_denied(action: str) -> None:
    (finding,) = deployed(RULE, {"Role": policy([action, "dynamodb:PutItem"], TABLE)})
    assert finding.detail == f"Action::{action}"


@pytest.mark.parametrize("action", sorted(UNAVOIDABLE))
def test_an_action_that_knows_no_resource_may_have_them_all(action: str) -> None:
    assert deployed(RULE, {"Role": policy(action, "*")}) == []


def test_one_other_action_beside_an_unavoidable_one_is_denied() -> None:
    assert len(deployed(RULE, {"Role": policy(["xray:PutTraceSegments", "s3:GetObject"], "*")})) == 1


def test_all_but_some_actions_is_a_wildcard() -> None:
    statement = {"Effect": "Allow", "NotAction": "iam:*", "Resource": TABLE}
    own = resource("AWS::IAM::Policy", PolicyDocument={"Statement": statement}, Roles=[{"Ref": "Role"}])
    (finding,) = deployed(RULE, {"Own": own, "Role": resource("AWS::IAM::Role")})
    assert finding.place.logical_id == "Own"


def test_a_denying_statement_may_be_wide() -> None:
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    assert deployed(RULE, {"Own": resource("AWS::IAM::Policy", PolicyDocument={"Statement": [statement]})}) == []
