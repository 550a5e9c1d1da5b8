from __future__ import annotations

import random
import string

import pytest

from constructs_lib.governance.rules.no_secret_in_environment import NoSecretInEnvironment
from constructs_lib.governance.secret import suspicion
from tests.unit.governance.cases import HANDLER, deployed, pipeline, planned, resource

RULE = NoSecretInEnvironment()
KEY = "AKIA" + "IOSFODNN7EXAMPLE"
RANDOM = "q7Xv2LmR9tKe4" + "ZpB8nWc3YhJ6sDfG1aQ5"


def test_a_planned_pipeline_holds_names_of_secrets_only() -> None:
    runner = {"handler": HANDLER, "secrets": ["crm-token"], "environment": {"PAGE_SIZE": "100"}}
    assert planned(RULE, pipeline(runner=runner)) == []


def test_a_declared_password_is_denied_without_being_shown() -> None:
    runner = {"handler": HANDLER, "environment": {"DB_PASSWORD": "hunter2"}}
    (finding,) = planned(RULE, pipeline(runner=runner))
    assert finding.id == "Pipeline::no-secret-in-environment[DB_PASSWORD]"
    assert finding.place.resource == "land_order"
    assert "hunter2" not in str(finding)


def test_tags_and_overrides_are_looked_at_too() -> None:
    override = {"resource": "land_order", "property": "Description", "value": KEY, "reason": "a reason to test"}
    places = [f.place.resource for f in planned(RULE, pipeline(tags={"api-key": "a1b2c3"}, overrides=[override]))]
    assert places == ["tags.api-key", "overrides[0]"]


def test_a_key_in_a_template_is_denied_even_in_a_variable_of_the_runtime() -> None:
    function = resource("AWS::Lambda::Function", Environment={"Variables": {"PIPELINE_NAME": KEY, "OTHER": "x"}})
    (finding,) = deployed(RULE, {"Land": function})
    assert (finding.place.logical_id, finding.detail) == ("Land", "PIPELINE_NAME")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SETTING", KEY),
        ("SETTING", "-----BEGIN RSA PRIVATE KEY-----"),
        ("SETTING", "ghp_" + "a" * 36),
        ("SETTING", "postgres://app:s3cr3t@db.internal/orders"),
        ("SETTING", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.x"),
        ("SETTING", "{{resolve:secretsmanager:crm-token}}"),
        ("SETTING", RANDOM),
        ("SETTING", "9f86d081884c7d659a2feaa0c55ad015"),
        ("CRM_TOKEN", "abc"),
        ("apiKey", "abc"),
    ],
)
def test_what_looks_like_a_secret_is_suspected(name: str, value: str) -> None:
    assert suspicion(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAGE_SIZE", "100"),
        ("SECRET_NAME", "crm-token"),
        ("TOKEN_URL", "https://auth.example.com/token"),
        ("TOKEN_REFRESH", "true"),
        ("BUILD_HASH", "9f86d081884c7d659a2feaa0c55ad015"),
        ("QUEUE_URL", "https://sqs.<Region>.<URLSuffix>/<AccountId>/shop-orders-prod-buffer"),
        ("TOPIC", "shop-orders-prod-notifications-of-completed-orders"),
        ("TABLE_ARN", "arn:aws:dynamodb:eu-west-1:123456789012:table/OrdersV2ArchiveTable2024"),
        ("WEBHOOK_URL", "https://hooks.example.com/services/OrdersV2Processing/2024-11-21T00:00:00Z"),
        ("FUNCTION", "ShopStack-OrdersLandFunction8A2B-Prod2024"),
        ("SCHEDULE", "cron(30 1 * * ? *) Europe/Dublin"),
        ("TOKEN", "${CrmToken}"),
        ("EMPTY_PASSWORD", ""),
    ],
)
def test_a_plain_setting_is_not_suspected(name: str, value: str) -> None:
    assert suspicion(name, value) == ""


def test_nearly_every_random_key_is_suspected() -> None:
    source = random.Random(7)
    letters = string.ascii_letters + string.digits
    keys = ["".join(source.choices(letters, k=40)) for _ in range(500)]
    assert sum(bool(suspicion("SETTING", key)) for key in keys) >= 495
