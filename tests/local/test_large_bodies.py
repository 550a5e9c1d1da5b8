"""A body that no message holds lands whole on the embedded AWS, signed or let in, also out of the dead letters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.local.callers import ask, user
from constructs_lib.local.trial import Trial
from functions.contract.message import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession

SHOP = {"shop_id": "s-1"}


@pytest.fixture(scope="module")
def trial(empty_session: LocalSession, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return Trial.of(Path(__file__).parent / "large", empty_session, tmp_path_factory.mktemp("large"))


def order(order_id: str, **more: Any) -> dict[str, Any]:
    return {"order_id": order_id, "note": "x" * (MAX_MESSAGE_BYTES + 1000), **more}


def landed(trial: Trial, *key: str, pipeline: str = "large-orders") -> list[Any]:
    evidence = trial.evidence(pipeline)
    token = evidence.run_token(*key)
    evidence.wait_until("it lands", lambda: bool(evidence.landed(token)))
    return [json.loads(record.text) for record in evidence.landed(token)]


def test_a_large_body_lands_whole_and_once(trial: Trial) -> None:
    sender = trial.session.sender(trial.plans["large-orders"])
    assert [sender.send(order("o-1"), SHOP, age=age).status for age in (0, 60)] == [202, 202]
    assert landed(trial, "s-1", "o-1") == [order("o-1")]
    evidence = trial.evidence("large-orders")
    assert len(evidence.objects("large")) == 2
    evidence.wait_until_quiet()
    statuses = [entry.status.value for entry in evidence.entries(evidence.run_token("s-1", "o-1"))]
    assert statuses == ["succeeded", "duplicate"]


def test_a_large_dead_letter_is_replayed_and_all_is_accounted_for(trial: Trial) -> None:
    held = order("o-2", held=True)
    assert trial.session.sender(trial.plans["large-orders"]).send(held, SHOP).status == 202
    evidence = trial.evidence("large-orders")
    token = evidence.run_token("s-1", "o-2")
    evidence.wait_until("it is given up", lambda: bool(evidence.dead_letters(token)))
    assert trial.replay("large-orders") == 1
    assert landed(trial, "s-1", "o-2") == [held]
    evidence.wait_until_quiet()
    found = trial.reconcile("large-orders")
    assert found.unexplained == ()


def test_a_body_above_the_limit_is_answered_413(trial: Trial) -> None:
    huge = {"order_id": "o-3", "note": "x" * 4_000_000}
    assert trial.session.sender(trial.plans["large-orders"]).send(huge, SHOP).status == 413


def test_behind_iam_a_large_body_lands_whole_and_a_stranger_leaves_nothing(trial: Trial) -> None:
    plan = trial.plans["large-uploads"]
    shop, stranger = (user(trial.session, name, allowed=name == "shop") for name in ("shop", "stranger"))
    assert ask(trial.session, plan, {}, order("o-4"), caller=stranger).status_code == 403
    assert ask(trial.session, plan, {}, order("o-4"), caller=shop).status_code == 202
    assert ask(trial.session, plan, {}, {"order_id": "o-5"}, caller=shop).status_code == 202
    assert landed(trial, "o-4", pipeline="large-uploads") == [order("o-4")]
    assert landed(trial, "o-5", pipeline="large-uploads") == [{"order_id": "o-5"}]
    assert len(trial.evidence("large-uploads").objects("large")) == 1
    assert trial.reconcile("large-uploads").unexplained == ()


def test_behind_a_token_a_large_body_lands_with_its_claims(trial: Trial) -> None:
    plan = trial.plans["large-tokens"]
    token = trial.session.issuer.token(plan, "user-1")
    assert ask(trial.session, plan, {"Authorization": f"Bearer {token}"}, order("o-6")).status_code == 202
    landed_with = landed(trial, "user-1", "o-6", pipeline="large-tokens")
    assert landed_with == [{"sub": "user-1", "order": order("o-6")}]
    assert ask(trial.session, plan, {}, order("o-7")).status_code == 401


def test_the_function_in_front_can_do_nothing_but_queue_and_keep(trial: Trial) -> None:
    plan = trial.plans["large-uploads"]
    name = plan.function("take").name
    role = trial.client("lambda").get_function_configuration(FunctionName=name)["Role"]
    bucket = trial.resolve(plan.platform.raw_bucket)
    s3 = trial.session.aws.client_in_role("s3", role)
    s3.put_object(Bucket=bucket, Key="large/large-uploads/x", Body=b"x")
    for key in ("large/large-orders/x", "raw/large-uploads/x"):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_object(Bucket=bucket, Key="large/large-uploads/x")
