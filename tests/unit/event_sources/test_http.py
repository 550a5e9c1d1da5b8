"""The http source: what it adds to the plan, and the resources of its route."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from constructs_lib.composition import plan_pipeline
from constructs_lib.event_sources import EVENT_SOURCES
from constructs_lib.event_sources._http.api import access_log, stage
from constructs_lib.event_sources._http.route import (
    invoke_permission,
    message_attributes,
    queue_integration,
    route_to,
    sending_role,
)
from constructs_lib.event_sources.http import Hmac, HttpSource, Iam, NoAuth, Throttle
from functions.contract.environment import Variable, WebhookSettings
from functions.contract.message import FAILURE, MAX_ATTRIBUTES, MAX_PATH_PARAMETERS
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.intake import RoutePlan


PATH = "/shops/{shop_id}/orders"


PLAIN = "/orders"


API = {"Ref": "Api"}


def signed(**changes: Any) -> HttpSource:
    return HttpSource(path=PATH, auth=Hmac(secret="shop-webhook-key", **changes))


def verifier(source: HttpSource) -> FunctionPlan:
    (function,) = source.contribute(context()).functions
    return function


def route(source: HttpSource) -> RoutePlan:
    (planned,) = source.contribute(context()).routes
    return planned


def test_the_source_is_found_by_its_module() -> None:
    assert HttpSource in EVENT_SOURCES


def test_path_parameters_are_fields_of_a_record() -> None:
    assert signed().record_fields() == ("path.shop_id",)
    assert HttpSource(path="/orders", auth=Iam()).record_fields() == ()


def test_a_signed_webhook_ends_at_a_verifying_function_and_others_at_the_queue() -> None:
    assert (route(signed()).function, route(signed()).queue) == ("verify", None)
    for auth in (Iam(), NoAuth()):
        source = HttpSource(path=PLAIN, auth=auth)
        assert source.contribute(context()).functions == ()
        assert (route(source).function, route(source).queue) == (None, "buffer")
        assert route(source).auth == auth.type


def test_the_verifying_function_is_platform_code_with_small_limits() -> None:
    function = verifier(signed())
    assert function.code.origin == "platform"
    assert function.handler == "functions.verify_webhook.handler.handler"
    assert (function.name, function.memory, function.timeout) == ("shop-orders-dev-verify", 256, 10)


def test_the_verifying_function_may_remember_send_and_read_one_secret_and_nothing_else() -> None:
    grants = {grant.sid: grant for grant in verifier(signed()).grants}
    actions = sorted(action for grant in grants.values() for action in grant.actions)
    assert actions == ["dynamodb:GetItem", "dynamodb:PutItem", "secretsmanager:GetSecretValue", "sqs:SendMessage"]
    (own,) = grants["RememberSignatures"].conditions
    assert (own.key, own.values) == ("dynamodb:LeadingKeys", ("shop-orders#*",))
    assert grants["SigningKey"].resources[0].endswith(":secret:shop-webhook-key-??????")
    assert not any("*" in resource for grant in grants.values() for resource in grant.resources)


def test_the_verifying_function_reads_back_how_the_webhook_is_signed() -> None:
    function = verifier(signed(prefix="sha256=", encoding="base64", timestamp_header=None))
    values = {variable.name: variable.value for variable in function.environment}
    settings = WebhookSettings.from_json(values[Variable.WEBHOOK])
    assert settings == WebhookSettings("shop-webhook-key", "X-Signature", None, "base64", "sha256=", 300, 30 * 86_400)
    stamped = {variable.name: variable.value for variable in verifier(signed()).environment}
    assert WebhookSettings.from_json(stamped[Variable.WEBHOOK]).remember_seconds == 0
    assert values[Variable.QUEUE_URL] == context().queue_url


def test_a_request_has_a_price_and_checking_it_another() -> None:
    plain = [driver.meter for driver in HttpSource(path=PLAIN, auth=Iam()).contribute(context()).cost_drivers]
    checked = [driver.meter for driver in signed().contribute(context()).cost_drivers]
    assert plain == ["http-request"]
    assert checked == ["http-request", "lambda-request", "lambda-gb-second", "dynamodb-write"]


@pytest.mark.parametrize("path", ["/orders", "/a/{b}/c.d-e_f~g", "/{a}/{b}/{c}/{d}"])
def test_a_path_has_plain_parts_and_whole_parameters(path: str) -> None:
    assert HttpSource(path=path, auth=Hmac(secret="k")).path == path


@pytest.mark.parametrize(
    "path",
    [
        "orders",
        "/",
        "/orders/",
        "/a//b",
        "/a b",
        "/{A}",
        "/a{b}",
        "/{a}{b}",
        "/{proxy+}",
        "/{a}/{a}",
        "/{a}/{b}/{c}/{d}/{e}",
        "/a\n",
    ],
)
def test_a_path_that_no_route_can_have_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match=r"route|parameters"):
        HttpSource(path=path, auth=Hmac(secret="k"))


@pytest.mark.parametrize("auth", [Iam(), NoAuth()])
def test_a_path_parameter_needs_the_verifying_function(auth: Any) -> None:
    with pytest.raises(ValidationError, match=r"\{shop_id\}.*send it in the body, or use auth hmac"):
        HttpSource(path=PATH, auth=auth)
    assert HttpSource(path=PLAIN, auth=auth).record_fields() == ()


def test_the_gateway_sends_the_body_and_what_identifies_the_request() -> None:
    properties = queue_integration(API, "Role", {"Ref": "Buffer"})["Properties"]
    assert properties["IntegrationSubtype"] == "SQS-SendMessage"
    assert properties["CredentialsArn"] == {"Fn::GetAtt": ["Role", "Arn"]}
    assert properties["RequestParameters"]["MessageBody"] == "$request.body"
    attributes = json.loads(properties["RequestParameters"]["MessageAttributes"])
    assert attributes["request_id"] == {"DataType": "String", "StringValue": "${context.requestId}"}
    assert set(attributes) == {"request_id", "correlation_id", "received_at", "source_ip"}


def test_no_message_attribute_holds_a_text_of_the_caller() -> None:
    values = [attribute["StringValue"] for attribute in message_attributes().values()]
    assert all(value.startswith("${context.") for value in values)


def test_a_message_of_the_longest_path_has_room_for_a_failure() -> None:
    assert FAILURE not in message_attributes()
    assert len(message_attributes()) + MAX_PATH_PARAMETERS < MAX_ATTRIBUTES


def test_the_gateways_role_may_send_to_one_queue_and_nothing_else() -> None:
    properties = sending_role({"Ref": "BufferArn"}, route(HttpSource(path=PLAIN, auth=Iam())))["Properties"]
    (policy,) = properties["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["sqs:SendMessage"]
    assert statement["Resource"] == [{"Ref": "BufferArn"}]
    (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "apigateway.amazonaws.com"}


def test_only_this_route_may_call_the_verifying_function() -> None:
    arn, names = invoke_permission(API, {"Ref": "Alias"}, route(signed()))["Properties"]["SourceArn"]["Fn::Sub"]
    assert arn.endswith(":${Api}/*/POST/shops/*/orders")
    assert names == {"Api": API}


@pytest.mark.parametrize(("auth", "expected"), [(Iam(), "AWS_IAM"), (NoAuth(), "NONE"), (Hmac(secret="k"), "NONE")])
def test_the_gateway_asks_for_a_signature_of_aws_where_the_declaration_says_iam(auth: Any, expected: str) -> None:
    properties = route_to(API, "Integration", route(HttpSource(path=PLAIN, auth=auth)))["Properties"]
    assert properties["AuthorizationType"] == expected
    assert properties["RouteKey"] == f"POST {PLAIN}"


def test_the_stage_is_throttled_and_logs_no_header_and_no_body() -> None:
    planned = route(HttpSource(path=PLAIN, auth=Iam(), throttle=Throttle(rate=7, burst=9)))
    properties = stage(API, "Log", planned)["Properties"]
    assert properties["DefaultRouteSettings"]["ThrottlingRateLimit"] == 7
    assert properties["DefaultRouteSettings"]["ThrottlingBurstLimit"] == 9
    written = json.loads(properties["AccessLogSettings"]["Format"])
    assert "requestId" in written
    assert not any("header" in value or "body" in value for value in written.values())
    assert access_log(planned, 30)["Properties"]["RetentionInDays"] == 30


def declared(**changes: Any) -> dict[str, Any]:
    return {"type": "http", "path": PATH, "auth": {"type": "hmac", "secret": "shop-webhook-key"}, **changes}


def keyed(**changes: Any) -> dict[str, Any]:
    return declared(auth={"type": "hmac", "secret": "shop-webhook-key", **changes})


def test_a_plan_has_the_verifying_function_beside_the_runner_and_gives_the_runner_nothing_for_it(
    tmp_path: Path,
) -> None:
    with_hmac = plan_pipeline(declare(tmp_path))
    key = {"key": ["body.order_id"]}
    unsigned = declared(path=PLAIN, auth={"type": "iam"})
    with_iam = plan_pipeline(declare(tmp_path, source=unsigned, tenant=None, idempotency=key))
    assert [function.id for function in with_hmac.functions] == ["land_order", "verify"]
    assert [function.id for function in with_iam.functions] == ["land_order"]
    assert with_hmac.function("land_order").grants == with_iam.function("land_order").grants
    names = {variable.name for variable in with_hmac.function("land_order").environment}
    assert Variable.WEBHOOK not in names
    assert Variable.WEBHOOK in {variable.name for variable in with_hmac.function("verify").environment}


def test_the_throttle_has_a_default_and_can_be_stated(tmp_path: Path) -> None:
    (default,) = plan_pipeline(declare(tmp_path)).routes
    (stated,) = plan_pipeline(declare(tmp_path, source=declared(throttle={"rate": 7, "burst": 9}))).routes
    assert (default.throttle_rate, default.throttle_burst) == (100, 200)
    assert (stated.throttle_rate, stated.throttle_burst) == (7, 9)


def test_the_key_may_name_a_path_parameter_that_the_path_has(tmp_path: Path) -> None:
    assert from_fields(tmp_path, source=declared(), idempotency={"key": ["path.shop_id"]}) == ()
    faults = from_fields(tmp_path, source=declared(), idempotency={"key": ["path.store_id"]})
    assert [(fault.code, fault.path) for fault in faults] == [("key-not-in-record", "idempotency.key[0]")]


@pytest.mark.parametrize(
    ("source", "code", "path"),
    [
        (declared(path="orders"), "path-wrong", "source.path"),
        (declared(path="/~orders", auth={"type": "api_key"}), "path-wrong", "source.auth"),
        (declared(path="/{shop_id}/{shop_id}"), "path-wrong", "source.path"),
        (declared(method="HEAD"), "value-unknown", "source.method"),
        (declared(method="GET"), "method-needs-answer", "source.method"),
        (declared(throttle={"rate": 0}), "number-out-of-range", "source.throttle.rate"),
        (declared(auth={}), "kind-missing", "source.auth"),
        (declared(auth={"type": "basic"}), "kind-unknown", "source.auth.type"),
        (declared(auth={"type": "iam", "secret": "a"}), "unknown-field", "source.auth.secret"),
        (declared(auth={"type": "iam"}), "path-parameter-unsafe", "source.auth"),
        (declared(auth={"type": "none"}), "path-parameter-unsafe", "source.auth"),
        (declared(auth={"type": "hmac"}), "field-missing", "source.auth.secret"),
        (keyed(secret="a secret"), "secret-name-wrong", "source.auth.secret"),
        (keyed(secret="whsec_" + "5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH"), "secret-is-a-value", "source.auth.secret"),
        (keyed(tolerance="2h"), "tolerance-wrong", "source.auth.tolerance"),
        (keyed(tolerance=300), "unit-wrong", "source.auth.tolerance"),
        (keyed(header="X Signature"), "text-wrong", "source.auth.header"),
        (keyed(encoding="hexadecimal"), "value-unknown", "source.auth.encoding"),
    ],
    ids=str,
)
def test_what_is_no_route_is_refused_with_its_place(
    tmp_path: Path, source: dict[str, Any], code: str, path: str
) -> None:
    faults = from_fields(tmp_path, source=source)
    assert (code, path) in {(fault.code, fault.path) for fault in faults}


def test_a_route_says_who_may_send(tmp_path: Path) -> None:
    faults = from_fields(tmp_path, source={"type": "http", "path": PATH})
    assert ("field-missing", "source.auth") in {(fault.code, fault.path) for fault in faults}
