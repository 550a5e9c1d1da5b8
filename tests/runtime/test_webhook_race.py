"""Two equal webhook requests at the same moment: both can pass before either is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from functions.contract.ledger import Status
from functions.verify_webhook.signature import GRACE
from tests.runtime.fakes import World
from tests.runtime.webhook_shop import SETTINGS, Shop

if TYPE_CHECKING:
    from functions.take_requests.answer import Answer


@dataclass
class Twins(Shop):
    """While the first request is queued, and not yet remembered, the second one comes in."""

    second: Answer | None = None

    def send(self, body: str, attributes: Mapping[str, str], group: str | None) -> str:
        message_id = super().send(body, attributes, group)
        if len(self.sent) == 1:
            self.second = self.post()
        return message_id


def test_two_equal_requests_at_once_are_two_messages_with_one_effect() -> None:
    shop, world = Twins(), World()
    first = shop.post()
    assert shop.second is not None
    assert (first.body["status"], shop.second.body["status"]) == ("accepted", "accepted")
    world.send(*(body for body, _ in shop.sent))
    world.until_quiet(1)
    assert world.statuses() == ["duplicate", "succeeded"]
    assert len(world.landed()) == len(world.entries(Status.SUCCEEDED)) == 1
    assert shop.post().body["status"] == "duplicate"
    assert len(shop.sent) == 2


def test_a_signature_without_a_time_is_remembered_as_long_as_its_record_is_known() -> None:
    shop = Shop(replace(SETTINGS, timestamp_header=None, remember_seconds=86_400))
    shop.post()
    shop.now += 86_399
    assert shop.post().body["status"] == "duplicate"
    shop.now += 2
    assert shop.post().body["status"] == "accepted"
    assert len(shop.sent) == 2


def test_it_is_never_remembered_for_less_than_the_tolerance() -> None:
    shop = Shop(replace(SETTINGS, timestamp_header=None, remember_seconds=1))
    shop.post()
    shop.now += SETTINGS.tolerance_seconds + GRACE - 1
    assert shop.post().body["status"] == "duplicate"
