"""Every way to tamper with evidence has its finding, and evidence that nobody touched has none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from constructs_lib.operations.window import Window
from functions.contract.archive import pack, seal_key
from functions.contract.ledger import Status, text_of
from tests.unit.operations.evidence_world import NOW, PIPELINE, TODAY, EvidenceWorld, entry

DAYS = ("2025-03-07", "2025-03-08", "2025-03-09")
THREE = NOW - timedelta(days=3)


@pytest.fixture
def world() -> EvidenceWorld:
    """Two runs a day on three sealed days and today; the second run of each day needs two attempts."""
    made = EvidenceWorld()
    for number in range(4):
        at = THREE + timedelta(days=number, hours=-3)
        failed = entry(f"b{number}", f"mb{number}", 1, at, status=Status.FAILED)
        landed = entry(f"b{number}", f"mb{number}", 2, at + timedelta(seconds=9), previous_hash=failed.hash)
        made.record(entry(f"a{number}", f"ma{number}", 1, at), failed)
        made.record(landed)
    made.seal(*DAYS)
    return made


def key_of(world: EvidenceWorld, day: str, number: int = 0) -> str:
    return [stored.key for stored in world.archive.objects_of(day)][number]


def test_evidence_that_nobody_touched_is_intact_and_counted(world: EvidenceWorld) -> None:
    found = world.verify()
    assert found.intact
    assert (found.days, found.sealed_days, found.objects, found.archived, found.items) == (4, 3, 8, 12, 12)


def test_the_same_part_of_the_stream_told_twice_changes_nothing(world: EvidenceWorld) -> None:
    key = key_of(world, TODAY)
    world.objects.put(key, world.objects.body(key, "0"))
    world.archive_texts(world.lines(key), TODAY)
    assert world.verify().intact


def test_an_entry_that_has_outlived_its_time_may_be_gone_from_the_table(world: EvidenceWorld) -> None:
    for (pk, sk), item in list(world.table.items.items()):
        if pk.endswith("0"):
            del world.table.items[pk, sk]
            late = NOW + timedelta(seconds=item["expires_at"] - NOW.timestamp())
    found = world.verify(now=late)
    assert {finding.code for finding in found.findings} == {"seal-missing"}
    assert found.expired == 3
    assert "entry-removed" in {finding.code for finding in world.verify(now=late - timedelta(days=1)).findings}


def test_an_entry_of_the_last_hour_may_not_be_archived_yet(world: EvidenceWorld) -> None:
    world.table.put(entry("young", "my", at=NOW - timedelta(minutes=59)).to_item())
    found = world.verify()
    assert (found.intact, found.not_archived_yet) == (True, 1)
    world.table.put(entry("old", "mo", at=NOW - timedelta(minutes=61)).to_item())
    world.table.put(entry("future", "mf", at=NOW + timedelta(minutes=6)).to_item())
    found = world.verify()
    assert {(one.code, one.run_token) for one in found.findings} == {
        ("entry-not-archived", "old"),
        ("entry-not-archived", "future"),
    }


def test_a_changed_item_is_named(world: EvidenceWorld) -> None:
    item = world.table.items[f"{PIPELINE}#a1", "succeeded"]
    item["entry"] = item["entry"].replace("dublin-1", "dublin-2")
    (finding,) = world.verify().findings
    assert (finding.code, finding.run_token, finding.run_id) == ("entry-changed", "a1", "ma1.1")


def test_an_item_under_other_keys_is_named_with_them(world: EvidenceWorld) -> None:
    item = world.table.items[f"{PIPELINE}#b1", "failed#mb1.1"]
    world.table.put({**item, "sk": "failed#mb1.7"})
    assert {(one.code, one.place) for one in world.verify().findings} == {
        ("item-malformed", f"{PIPELINE}#b1 failed#mb1.7")
    }


@pytest.mark.parametrize(
    ("name", "value"), [("entry", "{"), ("entry", '{"b": 1}'), ("more", "x"), ("expires_at", "soon"), ("entry", 7)]
)
def test_an_item_that_the_ledger_never_writes_is_named(world: EvidenceWorld, name: str, value: object) -> None:
    world.table.items[f"{PIPELINE}#a2", "succeeded"][name] = value
    assert ("item-malformed", "a2") in {(one.code, one.run_token) for one in world.verify().findings}


def test_an_entry_without_the_one_that_it_follows_is_named(world: EvidenceWorld) -> None:
    key = key_of(world, TODAY)
    del world.table.items[f"{PIPELINE}#b3", "failed#mb3.1"]
    world.replace_object(key, world.lines(key)[:1])
    assert {(one.code, one.run_id) for one in world.verify().findings} == {("link-broken", "mb3.2")}


def test_a_run_may_follow_the_replay_of_a_letter_whose_run_token_nobody_knew(world: EvidenceWorld) -> None:
    stray = entry("stray", "mx", 0, NOW - timedelta(hours=2), status=Status.REPLAYED, parent_run_id="mx.3")
    again = entry("real", "my", 1, NOW - timedelta(hours=1), parent_run_id="mx.3", previous_hash=stray.hash)
    world.record(stray, again)
    assert world.verify().intact
    other = entry("real", "mz", 1, NOW, status=Status.FAILED, parent_run_id="m-other.1", previous_hash=stray.hash)
    world.record(other)
    assert {(one.code, one.run_id) for one in world.verify().findings} == {("link-broken", "mz.1")}


def test_an_entry_recorded_before_the_one_that_it_follows_is_named(world: EvidenceWorld) -> None:
    first = entry("c", "mc", 1, NOW - timedelta(minutes=10), status=Status.FAILED)
    skewed = entry("c", "mc", 2, NOW - timedelta(minutes=14), status=Status.FAILED, previous_hash=first.hash)
    early = entry("c", "mc", 3, NOW - timedelta(minutes=20), previous_hash=skewed.hash)
    world.record(first, skewed, early)
    assert {(one.code, one.run_id) for one in world.verify().findings} == {("link-backwards", "mc.3")}


def test_an_object_of_today_that_was_written_again_is_named(world: EvidenceWorld) -> None:
    key = key_of(world, TODAY)
    world.objects.put(key, pack(world.lines(key)[::-1]))
    assert {(one.code, one.place) for one in world.verify().findings} == {("object-rewritten", key)}


def test_a_deletion_mark_on_an_object_is_named_and_hides_nothing(world: EvidenceWorld) -> None:
    key = key_of(world, "2025-03-08")
    world.objects.versions[key].append(None)
    found = world.verify()
    assert {(one.code, one.place) for one in found.findings} == {("object-removed", key)}
    assert found.archived == 12


def test_two_lines_of_one_entry_that_differ_are_named_with_both_places(world: EvidenceWorld) -> None:
    line = world.lines(key_of(world, TODAY))[0]
    world.archive_texts([line.replace("dublin-1", "dublin-2")], TODAY)
    assert {one.code for one in world.verify().findings} == {"archive-contradicts", "entry-changed"}


@pytest.mark.parametrize("line", ["", "{}", "[1]", "no json", '{"pipeline": 1}'])
def test_a_line_that_is_no_entry_is_named_with_its_number(world: EvidenceWorld, line: str) -> None:
    key = world.archive_texts([*world.lines(key_of(world, TODAY)), line], TODAY)
    assert {(one.code, one.place) for one in world.verify().findings} == {("line-damaged", f"{key}:3")}


def test_an_entry_of_another_pipeline_is_named(world: EvidenceWorld) -> None:
    foreign = text_of(entry("f", "mf", pipeline="other").to_item())
    key = world.archive_texts([foreign], TODAY)
    assert {(one.code, one.place) for one in world.verify().findings} == {("line-damaged", f"{key}:1")}


def test_a_day_that_is_over_must_be_sealed_six_hours_later(world: EvidenceWorld) -> None:
    del world.objects.versions[seal_key(PIPELINE, "2025-03-09")]
    assert world.codes() == {"seal-missing"}
    early = NOW.replace(hour=5, minute=59)
    assert "seal-missing" not in {one.code for one in world.verify(now=early).findings}


def test_a_seal_that_is_gone_is_named_by_the_next(world: EvidenceWorld) -> None:
    del world.objects.versions[seal_key(PIPELINE, "2025-03-08")]
    assert {(one.code, one.place) for one in world.verify().findings} == {
        ("seal-missing", seal_key(PIPELINE, "2025-03-08")),
        ("seal-removed", seal_key(PIPELINE, "2025-03-08")),
    }


def test_seals_before_what_is_kept_may_be_gone() -> None:
    world = EvidenceWorld()
    for day in range(2):
        world.record(entry(f"t{day}", f"m{day}", at=NOW - timedelta(days=402 - 400 * day)))
    first, second = world.archive.days()
    world.seal(first, second)
    del world.objects.versions[seal_key(PIPELINE, first)]
    del world.objects.versions[key_of(world, first)]
    world.table.items.pop((f"{PIPELINE}#t0", "succeeded"))
    assert world.verify().intact


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("count", 4, "seal-mismatch"),
        ("merkle_root", "0" * 64, "seal-mismatch"),
        ("previous_hash", "0" * 64, "seal-chain-broken"),
        ("day", "2025-03-09", "seal-damaged"),
        ("version", 9, "seal-damaged"),
        ("objects", [], "object-added"),
    ],
)
def test_a_seal_with_another_value_is_found(world: EvidenceWorld, field: str, value: object, code: str) -> None:
    key = seal_key(PIPELINE, "2025-03-08")
    told = {**json.loads(world.objects.body(key, "0")), field: value}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    world.objects.versions[key] = [text.encode()]
    assert code in world.codes()


def test_a_seal_that_was_written_again_is_found(world: EvidenceWorld) -> None:
    key = seal_key(PIPELINE, "2025-03-08")
    world.objects.put(key, b"{}")
    assert {(one.code, one.place) for one in world.verify().findings} == {("seal-rewritten", key)}


def test_the_whole_last_day_cannot_vanish(world: EvidenceWorld) -> None:
    for key in [key for key in world.objects.versions if "2025-03-09" in key]:
        del world.objects.versions[key]
    assert {(one.code, one.run_token) for one in world.verify().findings} == {
        ("entry-not-archived", "a2"),
        ("entry-not-archived", "b2"),
    }


def test_a_window_reads_its_days_and_the_runs_that_they_name_without_a_scan(world: EvidenceWorld) -> None:
    window = Window.of("2025-03-08", "2025-03-08T18:00", NOW)
    found = world.verify(window)
    assert (found.intact, found.days, world.table.scans) == (True, 2, 0)
    world.table.items[f"{PIPELINE}#a0", "succeeded"]["entry"] = "{}"
    assert world.verify(window).intact
    del world.table.items[f"{PIPELINE}#a1", "succeeded"]
    assert [(one.code, one.run_token) for one in world.verify(window).findings] == [("entry-removed", "a1")]


def test_a_window_follows_a_link_to_a_replay_on_an_earlier_day(world: EvidenceWorld) -> None:
    stray = entry("stray", "mx", 0, THREE, status=Status.REPLAYED, parent_run_id="mx.3")
    again = entry("real", "my", 1, NOW, parent_run_id="mx.3", previous_hash=stray.hash)
    world.table.put(stray.to_item())
    world.record(again, day=TODAY)
    assert world.verify(Window.of("2025-03-10", None, NOW)).intact


@pytest.mark.parametrize(("status", "codes"), [(Status.UNDONE, set()), (Status.FAILED, {"link-broken"})])
def test_a_step_that_is_done_again_may_follow_what_took_it_back_in_its_run(status: Status, codes: set[str]) -> None:
    world, at = EvidenceWorld(), NOW - timedelta(hours=1)
    before = replace(entry("undo", "mu", 1, at, status=status), parent_run_id="m.1")
    again = entry("again", "ms", 1, at + timedelta(seconds=9), previous_hash=before.hash)
    world.record(before, replace(again, parent_run_id="m.1"))
    assert {one.code for one in world.verify().findings} == codes
