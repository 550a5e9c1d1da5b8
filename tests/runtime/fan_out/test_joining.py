"""What workers return is joined once all have, and who is missing is named."""

from __future__ import annotations

from typing import Any

import pytest

from functions.runtime import Permanent, Run
from functions.runtime.fan_in.results import MOST_BYTES
from tests.runtime.fan_out.workers import Shared


class Joined:
    """What the joining handler was given."""

    def __init__(self) -> None:
        self.results: list[dict[str, Any]] = []
        self.missing: list[tuple[str, ...]] = []

    def __call__(self, parts: Any, run: Run) -> None:
        self.results.append(parts.results)
        self.missing.append(parts.missing)


def _joining(workers: dict[str, Any], **items: Any) -> tuple[Shared, Joined]:
    joined = Joined()

    def join(parts: Any, run: Run) -> None:
        joined(parts, run)

    return Shared(workers, join=join, **items), joined


@pytest.mark.parametrize("size", [1, MOST_BYTES * 2])
def test_the_join_sees_what_each_worker_returned(size: int) -> None:
    workers = {"captions": lambda order, run: {"language": "en" * size}, "moderation": lambda order, run: None}
    shared, joined = _joining(workers)
    shared.send({"order_id": "o-1"})
    shared.work()
    shared.join()
    assert joined.results == [{"captions": {"language": "en" * size}, "moderation": None}]
    assert joined.missing == [()]


def test_parts_of_many_items_are_joined_in_their_order() -> None:
    shared, joined = _joining({"rows": lambda row, run: row["n"]}, items="body.rows", max_items=50, batch_items=1)
    shared.send({"order_id": "o-1", "rows": [{"n": number} for number in range(12)]})
    shared.work()
    shared.join()
    assert list(joined.results[0].items()) == [(f"rows[{number}]", number) for number in range(12)]


def test_a_worker_that_failed_is_named_when_the_time_is_over() -> None:
    def fail(order: Any, run: Run) -> None:
        raise Permanent("no such codec")

    shared, joined = _joining({"captions": fail, "moderation": lambda order, run: "fine"})
    shared.send({"order_id": "o-1"})
    shared.work()
    shared.join()
    assert (joined.results, joined.missing) == ([{"moderation": "fine"}], [("captions",)])


def test_two_records_are_never_joined_with_each_other() -> None:
    shared, joined = _joining({"captions": lambda order, run: order["order_id"]})
    shared.send({"order_id": "o-1"}, {"order_id": "o-2"})
    shared.work()
    shared.join()
    assert sorted(result["captions"] for result in joined.results) == ["o-1", "o-2"]
