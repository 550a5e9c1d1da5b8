"""Secrets: only declared ones, fetched when they are read, and never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from functions.runtime.secrets import Secrets, fetch_secret
from tests.runtime.fakes import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.runtime import Run


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="eu-west-1")


def test_a_secret_is_fetched_once_and_anew_when_it_must_be_fresh(manager: Any) -> None:
    manager.create_secret(Name="crm-token", SecretString="old")
    assert fetch_secret("crm-token") == "old"
    manager.put_secret_value(SecretId="crm-token", SecretString="new")
    assert fetch_secret("crm-token") == "old"
    assert fetch_secret("crm-token", fresh=True) == "new"
    assert fetch_secret("crm-token") == "new"


def test_only_declared_secrets_exist() -> None:
    secrets = Secrets(("a", "b"), lambda name: f"value of {name}")
    assert secrets["a"] == "value of a"
    with pytest.raises(KeyError, match="'c' is not declared; declared secrets: a, b"):
        _ = secrets["c"]


def test_a_handler_reads_its_secret_and_printing_shows_names_alone() -> None:
    seen: list[str] = []

    def handler(order: Any, run: Run) -> None:
        seen.extend([run.secrets["crm-token"], repr(run.secrets), str(run)])

    world = World(handler, secrets=("crm-token",))
    world.secrets["crm-token"] = "s3cr3t"
    world.send({"order_id": "o-1"})
    world.deliver()
    assert seen[0] == "s3cr3t"
    assert seen[1] == "Secrets(crm-token)"
    assert "s3cr3t" not in seen[2]


def test_a_secret_that_is_not_read_is_not_fetched() -> None:
    world = World(secrets=("crm-token",))
    world.send({"order_id": "o-1"})
    world.deliver()
    assert len(world.landed()) == 1
