"""Tokens, keys and browsers in the plan of a route, and what is refused."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from constructs_lib.composition import plan_pipeline
from constructs_lib.event_sources._http.api import ACCESS_LOG, log_format
from constructs_lib.event_sources._http.cors import Cors
from constructs_lib.event_sources._http.rest_mapping import attributes, message_template
from constructs_lib.event_sources._http.route import message_attributes
from constructs_lib.event_sources.http import ApiKey, HttpSource, Iam, Jwt, NoAuth
from functions.contract.message import MAX_ATTRIBUTES, MAX_PATH_PARAMETERS
from tests.declarations import declare
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.intake import RoutePlan

ISSUER = "https://id.example.com/"
TOKENS = Jwt(issuer=ISSUER, audience=("orders",), scopes=("orders.write",))
SITE = Cors(origins=("https://shop.example.com",))


def route(source: HttpSource) -> RoutePlan:
    (planned,) = source.contribute(context()).routes
    return planned


def test_a_token_is_checked_by_the_gateway_so_the_queue_follows_at_once() -> None:
    source = HttpSource(path="/orders", auth=TOKENS)
    assert source.contribute(context()).functions == ()
    planned = route(source)
    assert (planned.gateway, planned.queue, planned.issuer) == ("http", "buffer", ISSUER)
    assert (planned.audience, planned.scopes) == (("orders",), ("orders.write",))


def test_the_claims_that_travel_are_fields_of_the_record() -> None:
    assert HttpSource(path="/orders", auth=TOKENS).record_fields() == ("claims.sub",)
    both = Jwt(issuer=ISSUER, audience=("orders",), claims=("sub", "client_id"))
    assert HttpSource(path="/orders", auth=both).record_fields() == ("claims.sub", "claims.client_id")
    answered = HttpSource(path="/orders/{id}", mode="sync", method="GET", auth=TOKENS)
    assert answered.record_fields() == ("path.id", "query.*", "headers.*", "claims.*")


def test_claims_come_before_what_the_gateway_itself_says_and_leave_room_for_a_failure() -> None:
    names = list(message_attributes(("sub", "client_id", "azp")))
    assert names[:3] == ["claims.sub", "claims.client_id", "claims.azp"]
    assert names[3:] == list(message_attributes())
    assert len(names) < MAX_ATTRIBUTES


@pytest.mark.parametrize("claim", ["email", "name", "cognito:groups", "preferred_username"])
def test_a_claim_that_users_may_choose_is_refused(claim: str) -> None:
    with pytest.raises(ValidationError, match="sub"):
        Jwt.model_validate({"type": "jwt", "issuer": ISSUER, "audience": ["a"], "claims": [claim]})


def test_a_key_asks_for_a_rest_api_with_the_stage_in_its_address() -> None:
    planned = route(HttpSource(path="/shops/{shop_id}/orders", auth=ApiKey(clients=("partner-a", "partner-b"))))
    assert (planned.gateway, planned.base_path, planned.queue) == ("rest", "/dev", "buffer")
    made = HttpSource(path="/orders", auth=ApiKey(clients=("partner-a",))).contribute(context()).resources
    assert {one.id: one.name for one in made}["key_partner_a"] == "shop-orders-dev-key-partner-a"


def test_a_request_to_a_rest_api_costs_more_and_a_user_of_a_pool_too() -> None:
    meters = {
        name: [driver.meter for driver in HttpSource(path="/o", auth=auth).contribute(context()).cost_drivers]
        for name, auth in (("key", ApiKey()), ("pool", Jwt(user_pool=True)), ("tokens", TOKENS))
    }
    assert meters == {"key": ["rest-request"], "pool": ["http-request", "user-month"], "tokens": ["http-request"]}


def test_the_mapping_template_encodes_every_text_of_the_caller() -> None:
    template = message_template("/shops/{shop_id}/orders/{order_id}")
    values = dict(part.partition("=")[::2] for part in template.split("&"))
    assert values["MessageBody"] == "$util.urlEncode($input.body)"
    assert values["MessageAttribute.5.Name"] == "path.shop_id"
    told = [value for value in values.values() if "$input" in value]
    assert len(told) == 3
    assert all(re.fullmatch(r"\$util\.urlEncode\(\$input\.[^&=]+\)", value) for value in told)


def test_a_message_of_a_rest_api_has_room_for_a_failure() -> None:
    longest = "".join(f"/{{p{number}}}" for number in range(MAX_PATH_PARAMETERS))
    assert len(attributes(longest)) < MAX_ATTRIBUTES


@pytest.mark.parametrize("told", ["-", "", "ACCESS_DENIED", "2026", "1.2.3.4"])
def test_a_line_of_the_access_log_is_json_whatever_of_it_is_missing(told: str) -> None:
    line = re.sub(r"\$context\.[A-Za-z.]+", told, log_format())
    assert set(json.loads(line).values()) == {told}
    assert not any(word in "".join(ACCESS_LOG.values()).lower() for word in ("message", "useragent", "path"))


def test_pages_may_send_what_the_route_asks_of_callers() -> None:
    assert SITE.allowed_headers("jwt") == ("content-type", "authorization")
    assert SITE.allowed_headers("api_key") == ("content-type", "x-api-key")
    wider = Cors(origins=("*",), headers=("X-Shop", "Content-Type"))
    assert wider.allowed_headers("none") == ("content-type", "x-shop")


@pytest.mark.parametrize("origin", ["shop.example.com", "http://shop.example.com", "https://shop.example.com/"])
def test_a_site_is_written_as_browsers_name_it(origin: str) -> None:
    with pytest.raises(ValidationError):
        Cors(origins=(origin,))


@pytest.mark.parametrize("auth", [Iam(), TOKENS, ApiKey()])
def test_any_site_may_call_only_what_anybody_may_call(auth: Any) -> None:
    everyone = Cors(origins=("*",))
    with pytest.raises(ValidationError, match="any web site"):
        HttpSource(path="/orders", auth=auth, cors=everyone)
    assert HttpSource(path="/orders", auth=NoAuth(), cors=everyone).cors == everyone


def test_pipelines_of_one_api_have_its_name_in_common(tmp_path: Path) -> None:
    shared = {"type": "http", "mode": "sync", "api": "items", "path": "/items", "auth": {"type": "iam"}}
    identity = {"tenant": None, "idempotency": {"key": ["body.order_id"]}}
    plans = [plan_pipeline(declare(tmp_path, pipeline=name, source=shared, **identity)) for name in ("one", "two")]
    assert [(plan.routes[0].api_name, plan.routes[0].shared) for plan in plans] == [("items-dev-routes", True)] * 2


def test_the_limit_of_a_body_goes_to_the_function_that_sees_it(tmp_path: Path) -> None:
    key = {"tenant": None, "idempotency": {"key": ["body.order_id"]}}
    asked = {"type": "http", "path": "/orders", "mode": "sync", "auth": {"type": "iam"}, "max_body": "64KB"}
    runner = plan_pipeline(declare(tmp_path, source=asked, **key)).function("land_order")
    values = {variable.name: variable.value for variable in runner.environment}
    assert json.loads(values["PIPELINE_SOURCE_OPTIONS"]) == {"max_body": 64_000}
    signed = {**asked, "mode": "async", "auth": {"type": "hmac", "secret": "shop-webhook-key"}}
    verifier = plan_pipeline(declare(tmp_path, source=signed, **key)).function("verify")
    (webhook,) = [json.loads(v.value) for v in verifier.environment if v.name == "PIPELINE_WEBHOOK"]
    assert webhook["max_body"] == 64_000
