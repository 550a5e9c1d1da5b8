"""The limits and checks of AWS clients."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ParamValidationError

from functions.runtime.aws_clients import ATTEMPTS, CONNECT_TIMEOUT, READ_TIMEOUT, SERVICES, client, client_config

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOWHERE)
    client.cache_clear()


def test_a_call_ends_inside_an_invocation_whatever_the_service() -> None:
    for checked in (True, False):
        config: Any = client_config(checked=checked)
        assert (config.connect_timeout, config.read_timeout) == (CONNECT_TIMEOUT, READ_TIMEOUT)
        assert config.retries == {"mode": "standard", "total_max_attempts": ATTEMPTS}


def test_requests_with_parts_from_outside_are_checked_before_they_are_sent() -> None:
    attribute = {"DataType": None, "StringValue": "x"}
    with pytest.raises(ParamValidationError):
        client("sqs").send_message(QueueUrl=NOWHERE, MessageBody="x", MessageAttributes={"a": attribute})


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_that_functions_call_has_its_client(service: str) -> None:
    assert client(service).meta.service_model.service_name == service


def test_what_stands_after_a_client_is_made_is_never_collected_again() -> None:
    before = gc.get_freeze_count()
    client("dynamodb")
    assert gc.get_freeze_count() > before


def test_a_malformed_request_to_a_table_still_fails_as_a_call() -> None:
    with pytest.raises(EndpointConnectionError):
        client("dynamodb").get_item(TableName="t", Key={"pk": {"S": None}})


def test_the_garbage_collector_is_as_it_was_after_a_client_is_made() -> None:
    client("events")
    assert gc.isenabled()
    gc.disable()
    try:
        client("lambda")
        assert not gc.isenabled()
    finally:
        gc.enable()
