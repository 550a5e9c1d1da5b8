"""Secrets: only declared ones, fetched when they are read, and never shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from constructs_lib.drills.memory.clock import Clock
from constructs_lib.drills.memory.faults import client_error
from functions.runtime.secrets import CACHE_SECONDS, MAX_CACHED, SecretCache, Secrets, fetch_secret
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
    cache = SecretCache(fetch_secret, lambda value: None, lambda: 0.0)
    assert cache.get("crm-token") == "old"
    manager.put_secret_value(SecretId="crm-token", SecretString="new")
    assert cache.get("crm-token") == "old"
    assert cache.get("crm-token", fresh=True) == "new"
    assert cache.get("crm-token") == "new"


def test_only_declared_secrets_exist() -> None:
    secrets = Secrets(("a", "b"), SecretCache(lambda name: f"value of {name}", lambda value: None, lambda: 0.0))
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


@dataclass
class Store:
    """A store of secrets that counts how often it is asked."""

    value: str = "first"
    asked: int = 0
    down: bool = False

    def fetch(self, name: str) -> str:
        self.asked += 1
        if self.down:
            raise client_error("InternalServiceError")
        return f"{self.value} {name}"


@dataclass
class Counted:
    store: Store = field(default_factory=Store)
    clock: Clock = field(default_factory=Clock)
    learnt: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cache = SecretCache(self.store.fetch, self.learnt.append, self.clock.now)


def test_a_rotation_is_picked_up_when_the_cache_ends() -> None:
    counted = Counted()
    assert counted.cache.get("a") == "first a"
    counted.store.value = "second"
    counted.clock.advance(CACHE_SECONDS - 1)
    assert counted.cache.get("a") == "first a"
    counted.clock.advance(1)
    assert (counted.cache.get("a"), counted.store.asked) == ("second a", 2)
    assert counted.learnt == ["first a", "second a"]


def test_a_clock_that_goes_back_keeps_no_value_for_longer() -> None:
    counted = Counted()
    counted.cache.get("a")
    counted.clock.advance(-1)
    counted.cache.get("a")
    assert counted.store.asked == 2


def test_a_handler_that_was_refused_gets_the_new_value_at_once() -> None:
    counted = Counted()
    counted.cache.get("a")
    counted.store.value = "second"
    assert counted.cache.refresh("a") == "second a"
    assert counted.cache.get("a") == "second a"


def test_refreshing_without_end_asks_the_store_once_in_ten_seconds_for_each_secret() -> None:
    counted = Counted()
    for _ in range(100):
        counted.cache.refresh("a")
        counted.cache.refresh("b")
        counted.clock.advance(0.2)
    assert counted.store.asked == 4


def test_a_store_that_is_down_is_not_asked_again_at_once_and_the_value_that_is_held_serves() -> None:
    counted = Counted()
    counted.cache.get("a")
    counted.store.down = True
    with pytest.raises(ClientError):
        counted.cache.refresh("a")
    assert (counted.cache.refresh("a"), counted.store.asked) == ("first a", 2)


def test_the_number_of_kept_secrets_is_bounded() -> None:
    counted = Counted()
    for number in range(MAX_CACHED + 1):
        counted.cache.get(f"s{number}")
    counted.cache.get(f"s{MAX_CACHED}")
    assert counted.store.asked == MAX_CACHED + 1
    counted.cache.get("s0")
    assert counted.store.asked == MAX_CACHED + 2


def test_a_binary_secret_is_read_as_text(manager: Any) -> None:
    manager.create_secret(Name="binary", SecretBinary="käse".encode())
    assert fetch_secret("binary") == "käse"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        fetch_secret("missing")


def test_a_rotated_key_is_used_within_the_run_that_was_refused() -> None:
    def handler(order: Any, run: Run) -> None:
        used = run.secrets["crm-token"]
        world.secrets["crm-token"] = "new"
        run.logger.info("refused")
        tokens.append((used, run.secrets["crm-token"], run.secrets.refresh("crm-token")))
        with pytest.raises(KeyError, match="'other' is not declared"):
            run.secrets.refresh("other")

    tokens: list[tuple[str, str, str]] = []
    world = World(handler, secrets=("crm-token",))
    world.secrets["crm-token"] = "old"
    world.send({"order_id": "o-1"})
    world.deliver()
    assert tokens == [("old", "old", "new")]
