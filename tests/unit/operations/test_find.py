"""What `ledger list` finds: by key in the table, by time in the archive, and never by reading the whole table."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from constructs_lib.errors import UserError
from constructs_lib.operations.find import Finder, Query
from constructs_lib.operations.in_order import in_order
from constructs_lib.operations.window import Window, stamp
from functions.contract.ledger import Status
from tests.unit.operations.evidence_world import NOW, EvidenceWorld, entry

YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture
def world() -> EvidenceWorld:
    made = EvidenceWorld()
    made.record(entry("old", "m1", at=NOW - timedelta(days=2)))
    made.record(entry("late", "m2", at=NOW - timedelta(hours=2)), entry("early", "m3", at=NOW - timedelta(hours=3)))
    made.record(entry("failed", "m4", at=NOW - timedelta(hours=1), status=Status.FAILED, tenant="cork-1"))
    made.record(entry("failed", "m5", at=NOW - timedelta(minutes=5), parent_run_id="m4.1"))
    made.record(entry("after-midnight", "m6", at=YESTERDAY.replace(hour=23, minute=59)), day=stamp(NOW)[:10])
    return made


def tokens(world: EvidenceWorld, query: Query) -> list[str]:
    found = Finder(world.table, world.archive).find(query, NOW)
    return [one.run_token for one in found]


def window(since: str | None = None, until: str | None = None) -> Window:
    return Window.of(since, until, NOW)


def test_a_time_is_read_from_the_archive_oldest_first(world: EvidenceWorld) -> None:
    assert tokens(world, Query(window=window())) == ["after-midnight", "early", "late", "failed", "failed"]
    assert tokens(world, Query(window=window("3d"))) == ["old", *tokens(world, Query(window=window()))]
    assert world.table.scans == 0


def test_what_was_archived_after_midnight_is_found_by_the_day_of_its_recording(world: EvidenceWorld) -> None:
    assert tokens(world, Query(window=window("2025-03-09", "2025-03-10"))) == ["after-midnight"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(window=window(), tenant="cork-1"), ["failed"]),
        (Query(window=window(), status=Status.FAILED), ["failed"]),
        (Query(window=window(), status=Status.FAILED, tenant="dublin-1"), []),
        (Query(run_token="failed"), ["failed", "failed"]),
        (Query(run_token="failed", status=Status.SUCCEEDED), ["failed"]),
        (Query(run_token="failed", window=window("10m")), ["failed"]),
        (Query(run_token="none"), []),
        (Query(parent_run="m4.1"), ["failed"]),
        (Query(parent_run="m4.1", run_token="old"), []),
    ],
)
def test_every_given_value_selects(world: EvidenceWorld, query: Query, expected: list[str]) -> None:
    assert tokens(world, query) == expected


def test_what_was_told_twice_is_listed_once(world: EvidenceWorld) -> None:
    before = tokens(world, Query(window=window()))
    key = next(world.archive.objects_of("2025-03-10")).key
    world.archive_texts(world.lines(key), "2025-03-10")
    assert tokens(world, Query(window=window())) == before


def test_an_object_that_cannot_be_read_is_named_with_the_way_to_verify(world: EvidenceWorld) -> None:
    key = next(world.archive.objects_of("2025-03-10")).key
    world.objects.versions[key] = [b"damaged"]
    with pytest.raises(UserError, match="archive-damaged") as caught:
        tokens(world, Query(window=window()))
    assert caught.value.faults[0].path == key


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [(None, None, (24, 0)), ("36h", None, (36, 0)), ("2d", "1d", (48, 24)), (None, "90m", (25.5, 1.5))],
)
def test_a_window_ends_now_and_lasts_a_day_unless_told(
    since: str | None, until: str | None, hours: tuple[float, float]
) -> None:
    begin, end = hours
    assert window(since, until) == Window(NOW - timedelta(hours=begin), NOW - timedelta(hours=end))


def test_a_time_without_a_zone_is_utc_and_another_zone_is_converted() -> None:
    assert window("2025-03-10T08:00").since == window("2025-03-10T10:00+02:00").since


@pytest.mark.parametrize(
    ("since", "until", "codes"),
    [
        ("soon", "never", ["time-wrong", "time-wrong"]),
        ("999999d", "2025-13-01", ["time-wrong", "time-wrong"]),
        ("1h", "2h", ["window-empty"]),
    ],
)
def test_a_wrong_time_is_named(since: str, until: str, codes: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        window(since, until)
    assert [fault.code for fault in caught.value.faults] == codes


def test_answers_keep_the_order_of_questions_and_few_are_held() -> None:
    asked: list[int] = []
    gate = threading.Event()

    def read(number: int) -> int:
        if number == 0:
            gate.wait(5)
        return number * 2

    def numbered() -> Iterator[int]:
        for number in range(20):
            asked.append(number)
            if number == 3:
                gate.set()
            yield number

    answers = in_order(read, numbered(), threads=4)
    assert next(answers) == 0
    assert asked == [0, 1, 2, 3]
    assert list(answers) == [number * 2 for number in range(1, 20)]
