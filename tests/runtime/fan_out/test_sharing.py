"""A record is shared out once, to every worker, and whoever gets a part knows whose it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.contract.share import MAX_BYTES
from functions.runtime import Permanent, Run
from tests.runtime.fan_out.workers import Shared

ORDER = {"order_id": "o-1", "rows": [{"n": number} for number in range(5)]}
ITEMS: dict[str, Any] = {"items": "body.rows", "max_items": 6}


@pytest.mark.parametrize("via", ["topic", "event_bus"])
def test_every_worker_is_given_the_record_as_it_came_and_leaves_evidence_of_its_own(via: str) -> None:
    shared = Shared(via=via)
    shared.send('{"order_id": "o-1",  "total": 1.0}')
    shared.work()
    (started,) = [entry for entry in shared.sharing.entries() if not entry.step]
    assert (started.status.value, started.location) == ("started", f"{_target(via)}#1")
    assert {entry.step for entry in shared.parts()} == {"captions", "thumbnails"}
    assert len({entry.run_token for entry in shared.parts()} | {started.run_token}) == 3
    for entry in shared.parts():
        assert (entry.parent_run_id, entry.correlation_id) == (started.run_id, started.correlation_id)
        assert shared.sharing.lines(entry) == ['{"order_id": "o-1",  "total": 1.0}']


def test_a_record_that_comes_again_is_shared_out_once_and_a_part_that_comes_again_is_done_once() -> None:
    shared = Shared()
    shared.send({"order_id": "o-1"}, {"order_id": "o-1"})
    shared._handed = 0
    shared.hand_over()
    shared.work()
    assert sorted(entry.status.value for entry in shared.parts()) == ["duplicate"] * 2 + ["succeeded"] * 2
    assert shared.sharing.statuses().count("started") == 1


@pytest.mark.parametrize(("size", "given"), [(1, [{"n": 0}, {"n": 1}]), (3, [[{"n": 0}, {"n": 1}, {"n": 2}]])])
def test_items_are_handed_over_alone_or_together(size: int, given: list[Any]) -> None:
    seen: list[Any] = []

    def keep(items: Any, run: Run) -> None:
        seen.append((items, run.record["share"]["part"]))

    shared = Shared({"rows": keep}, **ITEMS, batch_items=size)
    shared.send(ORDER)
    shared.work()
    assert [items for items, _ in sorted(seen, key=lambda one: str(one[1]))][: len(given)] == given
    assert len(seen) == -(-5 // size)
    assert {entry.step for entry in shared.parts()} == {f"rows[{number}]" for number in range(len(seen))}


@pytest.mark.parametrize("rows", [[{"n": number} for number in range(7)], None, "rows"])
def test_a_record_with_too_many_items_or_none_to_count_is_refused_and_nobody_is_told(rows: Any) -> None:
    shared = Shared({"rows": lambda items, run: None}, **ITEMS, batch_items=1)
    shared.send({"order_id": "o-1", "rows": rows})
    assert (shared.sharing.statuses(), shared.messages()) == (["quarantined"], [])


def test_an_empty_list_is_done_without_a_part() -> None:
    shared = Shared(**ITEMS, batch_items=1)
    shared.send({"order_id": "o-1", "rows": []})
    assert (shared.sharing.statuses(), shared.messages()) == (["started"], [])


@pytest.mark.parametrize("via", ["topic", "event_bus"])
def test_what_no_message_holds_travels_by_reference_and_the_handler_does_not_notice(via: str) -> None:
    seen: list[Any] = []
    shared = Shared({"captions": lambda order, run: seen.append(order)}, via=via)
    order = {"order_id": "o-1", "text": "ä" * MAX_BYTES}
    shared.send(order)
    shared.work()
    assert seen == [order]
    assert max(len(text) for text, _ in shared.messages()) < 2_000


def test_a_large_part_that_was_changed_is_quarantined() -> None:
    shared = Shared({"captions": lambda order, run: None})
    shared.send({"order_id": "o-1", "text": "x" * MAX_BYTES})
    (key,) = [key for key in shared.sharing.s3.objects if "/large/" in key]
    shared.sharing.s3.objects[key] = shared.sharing.s3.objects[key].replace(b"xx", b"yx", 1)
    shared.work()
    assert [entry.status.value for entry in shared.parts()] == ["quarantined"]


def test_one_worker_that_fails_stops_no_other_and_its_letter_is_its_own() -> None:
    def fail(order: Any, run: Run) -> None:
        raise Permanent("no such codec")

    shared = Shared({"captions": fail, "thumbnails": lambda order, run: None})
    shared.send({"order_id": "o-1"})
    shared.work()
    assert {entry.step: entry.status.value for entry in shared.parts()} == {
        "captions": "dead_lettered",
        "thumbnails": "succeeded",
    }
    letters = {name: len(world.dead_letters()) for name, world in shared.workers.items()}
    assert letters == {"captions": 1, "thumbnails": 0}


def test_what_the_topic_refuses_is_tried_again_as_a_whole() -> None:
    shared = Shared(**ITEMS, batch_items=1)
    refused = iter(["InternalError"])
    shared.sharing.clients.sns.refuse = lambda entry: next(refused, None)
    shared.send(ORDER)
    shared.work()
    assert shared.sharing.statuses().count("started") == 1
    done = [entry for entry in shared.parts() if entry.status.value == "succeeded"]
    assert len({entry.run_token for entry in done}) == len(done) == 10


@pytest.mark.parametrize("text", ["{}", "no json", '{"share": {"token": 1}}', json.dumps({"share": {}, "text": "1"})])
def test_a_message_that_is_no_part_is_quarantined(text: str) -> None:
    shared = Shared({"captions": lambda order, run: None})
    world = shared.workers["captions"]
    world.sqs.put(world.buffer, text, {}, None)
    shared.work()
    assert shared.sharing.statuses() == ["quarantined"]


def _target(via: str) -> str:
    return "arn:aws:sns:eu-central-1:111122223333:parts" if via == "topic" else "parts-bus"
