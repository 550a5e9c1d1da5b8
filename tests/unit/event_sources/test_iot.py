"""The iot source: one rule, said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.event_sources._iot_resources import statement
from constructs_lib.event_sources.iot import IotSource
from functions.contract.iot import TOLD
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

BASE: dict[str, Any] = {"tenant": None, "idempotency": {"key": ["body.order_id"]}}


def test_the_rule_is_named_in_the_letters_that_aws_iot_takes() -> None:
    (rule,) = IotSource(topic="plants/+/readings").contribute(context()).resources
    assert (rule.id, rule.name) == ("rule", "shop_orders_dev_rule")


def test_a_message_its_rule_and_its_action_are_paid() -> None:
    drivers = IotSource(topic="a/b").contribute(context()).cost_drivers
    assert [driver.meter for driver in drivers] == ["iot-message", "iot-rule", "iot-action"]


def test_the_statement_selects_the_payload_whatever_it_is_and_what_a_record_tells() -> None:
    told = ", ".join(f"{function} AS {name}" for name, (_, function) in TOLD.items())
    selected, _, rest = statement("a/+", None).removeprefix("SELECT ").partition(", topic")
    assert (selected, f"topic{rest}") == ("encode(*, 'base64') AS pipeline_payload", f"{told} FROM 'a/+'")
    assert statement("a/+", "celsius > 80").endswith("FROM 'a/+' WHERE celsius > 80")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "iot-rule-wrong"),
        ({"topic": "a", "sql": "SELECT * FROM 'a'"}, "iot-rule-wrong"),
        ({"where": "a > 1", "sql": "SELECT * FROM 'a'"}, "iot-rule-wrong"),
        ({"sql": "DELETE FROM 'a'"}, "iot-rule-wrong"),
        ({"topic": "a' WHERE true"}, "text-wrong"),
        ({"topic": "${stage}/readings"}, "text-wrong"),
        ({"topic": "a/#/b"}, "iot-rule-wrong"),
        ({"topic": "a/b+"}, "iot-rule-wrong"),
        ({"topic": "a/b/c/d/e/f/g/h/i"}, "iot-rule-wrong"),
        ({"topic": "a", "where": "celsius >"}, "iot-rule-wrong"),
        ({"topic": "a", "where": "kind = 'x"}, "iot-rule-wrong"),
        ({"topic": "a", "where": ") OR (1 = 1"}, "iot-rule-wrong"),
        ({"topic": "a", "where": "a > 1; b"}, "iot-rule-wrong"),
        ({"sql": "SELECT * FROM 'a/#/b'"}, "iot-rule-wrong"),
        ({"sql": "SELECT * FROM 'a' WHERE"}, "iot-rule-wrong"),
    ],
    ids=str,
)
def test_a_rule_that_is_said_twice_or_not_at_all_is_refused(tmp_path: Path, fields: dict[str, Any], code: str) -> None:
    assert from_fields(tmp_path, source={"type": "iot", "topic": "a/+/b"}, **BASE) == ()
    assert code in {fault.code for fault in from_fields(tmp_path, source={"type": "iot", **fields}, **BASE)}


@pytest.mark.parametrize(
    "fields",
    [
        {"topic": "$aws/things/probe/shadow/name/a/update/accepted/#"},
        {"topic": "#"},
        {"topic": "a/+/c/d/e/f/g/h"},
        {"topic": "a", "where": "name = 'it''s; (one' AND celsius * 2 > 80"},
        {"sql": "SELECT *, topic(2) AS place FROM 'a/b' WHERE EXISTS (SELECT * FROM readings)"},
        {"sql": "SELECT * FROM 'a'"},
    ],
    ids=str,
)
def test_what_aws_iot_takes_is_taken(tmp_path: Path, fields: dict[str, Any]) -> None:
    assert from_fields(tmp_path, source={"type": "iot", **fields}, **BASE) == ()


def test_a_topic_that_is_wrong_is_not_said_to_be_missing_too(tmp_path: Path) -> None:
    (fault,) = from_fields(tmp_path, source={"type": "iot", "topic": "a b"}, **BASE)
    assert (fault.code, fault.path) == ("text-wrong", "source.topic")
