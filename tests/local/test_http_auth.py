"""Who may use a route, at the embedded gateway: tokens, keys, browsers, and an API that two pipelines share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.callers import ask
from constructs_lib.local.trial import Trial
from functions.contract.identity import run_token

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan

PIPELINES = Path(__file__).parent / "gateway"
SHOP = "https://shop.example.com"


@pytest.fixture(scope="module")
def trial(empty_session: LocalSession, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return Trial.of(PIPELINES, empty_session, tmp_path_factory.mktemp("gateway"))


def bearer(trial: Trial, plan: PipelinePlan, sub: str = "user-1", **changes: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {trial.session.issuer.token(plan, sub, **changes)}"}


def landed(trial: Trial, pipeline: str, *key: str) -> list[dict[str, Any]]:
    evidence, token = trial.evidence(pipeline), run_token(pipeline, key)
    evidence.wait_until("the record lands", lambda: bool(evidence.landed(token)))
    return [json.loads(record.text) for record in evidence.landed(token)]


def test_a_token_opens_the_queue_and_its_claims_travel_with_the_record(trial: Trial) -> None:
    plan = trial.plans["token-orders"]
    token = bearer(trial, plan, "user-1", client_id="shop-app")
    assert ask(trial.session, plan, token, {"order_id": "t-1"}).status_code == 202
    assert [one["claims"] for one in landed(trial, "token-orders", "user-1", "t-1")] == [
        {"sub": "user-1", "client_id": "shop-app"}
    ]


@pytest.mark.parametrize("wrong", ["none", "forged", "expired", "for somebody else"])
def test_without_a_good_token_nothing_is_queued(trial: Trial, wrong: str) -> None:
    plan = trial.plans["token-orders"]
    headers = {
        "none": {},
        "forged": {"Authorization": f"Bearer {trial.session.issuer.forged(plan, 'user-1')}"},
        "expired": bearer(trial, plan, lifetime=-60),
        "for somebody else": bearer(trial, plan, aud="invoices"),
    }[wrong]
    seen = len(trial.session.proxy.calls)
    answer = ask(trial.session, plan, headers, {"order_id": "t-2"})
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    assert [call for call in trial.session.proxy.calls[seen:] if call.operation == "SendMessage"] == []


def test_a_token_without_the_scope_is_forbidden(trial: Trial) -> None:
    plan = trial.plans["token-orders"]
    answer = ask(trial.session, plan, bearer(trial, plan, scopes=("orders.read",)), {"order_id": "t-3"})
    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


def test_a_handler_that_answers_sees_the_claims(trial: Trial) -> None:
    plan = trial.plans["token-quotes"]
    answer = ask(trial.session, plan, bearer(trial, plan, "user-2"), {}, {"quote_id": "q-1"})
    assert (answer.status_code, answer.json()["claims"]["sub"]) == (200, "user-2")
    assert ask(trial.session, plan, {}, {}, {"quote_id": "q-1"}).status_code == 401


def test_a_body_above_the_limit_is_answered_413(trial: Trial) -> None:
    plan = trial.plans["token-quotes"]
    answer = ask(trial.session, plan, bearer(trial, plan), {"text": "x" * 2000}, {"quote_id": "q-2"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body-too-large")


def test_a_browser_is_told_which_sites_may_call(trial: Trial) -> None:
    plan = trial.plans["token-orders"]
    asked = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
    told = ask(trial.session, plan, asked, method="OPTIONS")
    assert told.status_code == 204
    assert told.headers["access-control-allow-origin"] == SHOP
    assert told.headers["access-control-allow-headers"] == "content-type,authorization,x-shop"
    assert told.headers["access-control-max-age"] == "600"
    other = ask(trial.session, plan, {**asked, "Origin": "https://evil.example.com"}, method="OPTIONS")
    assert "access-control-allow-origin" not in other.headers
    order = ask(trial.session, plan, {**bearer(trial, plan), "Origin": SHOP}, {"order_id": "t-4"})
    assert (order.status_code, order.headers["access-control-allow-origin"]) == (202, SHOP)


def test_a_key_opens_the_queue_and_the_path_travels_as_one_value(trial: Trial) -> None:
    plan = trial.plans["key-orders"]
    key = {"x-api-key": trial.session.api_key(plan, "partner-a")}
    shop = "s&MessageAttribute.9.Name=x"
    assert ask(trial.session, plan, key, {"order_id": 'k"1'}, {"shop_id": shop}).status_code == 202
    assert [one["path"] for one in landed(trial, "key-orders", shop, 'k"1')] == [{"shop_id": shop}]


@pytest.mark.parametrize("key", [{}, {"x-api-key": "made-up-made-up-made-up"}])
def test_without_a_key_nothing_is_queued(trial: Trial, key: dict[str, str]) -> None:
    answer = ask(trial.session, trial.plans["key-orders"], key, {"order_id": "k-2"}, {"shop_id": "s-1"})
    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


def test_a_client_that_has_used_its_quota_is_answered_429_and_another_is_not(trial: Trial) -> None:
    plan, shop = trial.plans["key-orders"], {"shop_id": "s-2"}
    used, fresh = ({"x-api-key": trial.session.api_key(plan, f"partner-{name}")} for name in "ab")
    answers = [ask(trial.session, plan, used, {"order_id": f"k-{n}"}, shop).status_code for n in range(7)]
    assert answers[-1] == 429
    assert ask(trial.session, plan, fresh, {"order_id": "k-9"}, shop).status_code == 202


def test_a_preflight_to_a_rest_api_needs_no_key(trial: Trial) -> None:
    plan = trial.plans["key-orders"]
    told = ask(trial.session, plan, {"Origin": SHOP}, path={"shop_id": "s-1"}, method="OPTIONS")
    assert (told.status_code, told.headers["access-control-allow-origin"]) == (204, SHOP)
    assert told.headers["access-control-allow-headers"] == "content-type,x-api-key"


def test_a_rest_api_hands_a_request_to_the_handler(trial: Trial) -> None:
    plan = trial.plans["key-quotes"]
    key = {"x-api-key": trial.session.api_key(plan)}
    answer = ask(trial.session, plan, key, path={"quote_id": "q-7"})
    assert (answer.status_code, answer.json()["path"]) == (200, {"quote_id": "q-7"})
    assert ask(trial.session, plan, {}, path={"quote_id": "q-7"}).status_code == 403


def test_two_pipelines_answer_behind_one_host(trial: Trial) -> None:
    read, write = trial.plans["item-read"], trial.plans["item-write"]
    session = trial.session
    assert session.webhook(read).host == session.webhook(write).host
    item = {"item_id": "i-1"}
    written = ask(session, write, bearer(trial, write, "writer"), {"version": 1}, item)
    assert (written.status_code, written.json()) == (200, {"written": "i-1", "by": "writer"})
    answer = ask(session, read, bearer(trial, read, "reader"), path=item)
    assert (answer.status_code, answer.json()["claims"]) == (200, {"sub": "reader", "scope": "items.read"})
    assert ask(session, write, bearer(trial, read, "reader"), {"version": 2}, item).status_code == 403


def signed_in(trial: Trial, plan: PipelinePlan, name: str) -> dict[str, Any]:
    """Return the tokens of a new user; the test lets it sign in by password and without a second factor."""
    pools = trial.client("cognito-idp")
    pool = next(one["Id"] for one in pools.list_user_pools(MaxResults=10)["UserPools"])
    client = pools.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"][0]["ClientId"]
    pools.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL")
    pools.update_user_pool_client(
        UserPoolId=pool, ClientId=client, ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )
    pools.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    password = f"Local-{len(plan.pipeline)}-password"
    pools.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)
    done = pools.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )
    return dict(done["AuthenticationResult"])


def test_a_user_of_the_pool_is_answered_and_a_stranger_is_not(trial: Trial) -> None:
    plan, path = trial.plans["pool-quotes"], {"quote_id": "q-1"}
    tokens = signed_in(trial, plan, "ann@example.com")
    answer = ask(trial.session, plan, {"Authorization": f"Bearer {tokens['AccessToken']}"}, {}, path)
    assert answer.status_code == 200
    assert answer.json()["claims"]["sub"]
    stranger = trial.session.issuer.token(plan, "ann@example.com", aud="anything")
    assert ask(trial.session, plan, {"Authorization": f"Bearer {stranger}"}, {}, path).status_code == 401
