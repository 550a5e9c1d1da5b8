"""A statement is allowed by a policy for its action, its table and its partition key, and by nothing less."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.local.grants import allows
from constructs_lib.local.statements import Statement

LEDGER = "arn:aws:dynamodb:eu-central-1:000000000000:table/ledger"
OWN = Statement("Insert", "ledger", "shop-orders#1")
KEYS = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["shop-orders#*"]}}


def policy(action: str = "dynamodb:PartiQLInsert", resource: str = LEDGER, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": [action], "Resource": resource, **more}


@pytest.mark.parametrize(
    ("granted", "allowed"),
    [
        (policy(), True),
        (policy(Condition=KEYS), True),
        (policy(Condition={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["other#*"]}}), False),
        (policy(action="dynamodb:PartiQLUpdate"), False),
        (policy(action="dynamodb:BatchExecuteStatement", resource="*"), False),
        (policy(resource=LEDGER.replace("ledger", "state")), False),
        (policy(Effect="Deny"), False),
    ],
)
def test_a_statement_needs_its_own_action_table_and_key(granted: dict[str, Any], allowed: bool) -> None:
    assert allows([granted], OWN) is allowed


def test_a_deny_wins_over_an_allow() -> None:
    assert allows([policy(), policy(Effect="Deny")], OWN) is False


def test_a_statement_that_names_no_partition_is_not_allowed_under_a_condition_on_partitions() -> None:
    assert allows([policy(Condition=KEYS)], Statement("Insert", "ledger", None)) is False
