"""A route straight to a queue: who may call it is the emulator's decision, the message is sent as its template says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from constructs_lib.local.callers import post, user
from functions.contract.identity import run_token

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan


@pytest.fixture(scope="module")
def partners(plans: tuple[PipelinePlan, ...]) -> PipelinePlan:
    return next(plan for plan in plans if plan.pipeline == "partner-orders")


def test_a_caller_with_the_grant_is_answered_202_and_its_order_lands(
    session: LocalSession, partners: PipelinePlan
) -> None:
    order = {"order_id": "p-1", "amount": 3}
    assert post(session, partners, order, user(session, "partner", allowed=True)).status_code == 202
    evidence = session.evidence(partners)
    token = run_token(partners.pipeline, ("p-1",))
    evidence.wait_until("the order lands", lambda: bool(evidence.landed(token)))
    assert [json.loads(record.text) for record in evidence.landed(token)] == [order]


def test_a_caller_without_the_grant_is_refused_and_nothing_is_enqueued(
    session: LocalSession, partners: PipelinePlan
) -> None:
    seen = len(session.proxy.calls)
    stranger = user(session, "stranger", allowed=False)
    assert post(session, partners, {"order_id": "p-2"}, stranger).status_code == 403
    assert post(session, partners, {"order_id": "p-2"}, None).status_code == 403
    assert [call for call in session.proxy.calls[seen:] if call.operation == "SendMessage"] == []


def test_the_message_is_sent_under_the_role_of_the_integration(session: LocalSession, partners: PipelinePlan) -> None:
    iam = session.aws.client("iam")
    name = next(one["RoleName"] for one in iam.list_roles()["Roles"] if "IntegrationRole" in one["RoleName"])
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    caller = user(session, "another-partner", allowed=True)
    iam.delete_role_policy(RoleName=name, PolicyName=policy)
    refused = post(session, partners, {"order_id": "p-3"}, caller)
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
    assert refused.status_code == 403
    assert post(session, partners, {"order_id": "p-3"}, caller).status_code == 202
