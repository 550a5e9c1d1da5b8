"""A nightly cleanup: what is due goes, counts are reported, a rerun deletes nothing, peak hours need an approval."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.governance.review import review
from constructs_lib.governance.rule import Subject
from functions.runtime import Tick
from functions.runtime.stores.memory import MemoryBucket, MemoryTable

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local.trial import Trial

NAME = "daily-cleanup"
MARKERS = [("2026-10-22", "a"), ("2026-10-22", "b"), ("2026-10-23", "c")]
OBJECTS = {
    "temp/2026-10-21/upload.part": b"x",
    "temp/2026-10-22/upload.part": b"x",
    "logs/2026-11-20/web.log": b"GET /\n",
    "logs/2026-11-20/worker.log": b"done\n",
    "logs/2026-11-21/web.log": b"GET /\n",
}
REPORT = {"day": "2026-11-21", "markers": 2, "temp": 1, "logs": 2}
LEFT = {
    "archive/logs/2026-11-20/web.log.gz",
    "archive/logs/2026-11-20/worker.log.gz",
    "logs/2026-11-21/web.log",
    "plans/2026-11-21.json",
    "temp/2026-10-22/upload.part",
}


@pytest.fixture(scope="module")
def bucket(example: Trial) -> str:
    """Fill table and bucket; returns the bucket's name."""
    name = example.resolve("daily-cleanup-dev-files-${AWS::AccountId}-${AWS::Region}")
    for key, body in OBJECTS.items():
        example.client("s3").put_object(Bucket=name, Key=key, Body=body)
    for day, key in MARKERS:
        item = {"day": {"S": day}, "key": {"S": key}}
        example.client("dynamodb").put_item(TableName="daily-cleanup-dev-markers", Item=item)
    return name


def keys(example: Trial, bucket: str) -> set[str]:
    return {item["Key"] for item in example.client("s3").list_objects_v2(Bucket=bucket)["Contents"]}


def markers(example: Trial) -> list[str]:
    items = example.client("dynamodb").scan(TableName="daily-cleanup-dev-markers")["Items"]
    return sorted(item["key"]["S"] for item in items)


def reported(example: Trial, at: str) -> list[Any]:
    """Send a tick, and return what its run has landed once nothing is in work."""
    evidence = example.evidence(NAME)
    before = len(evidence.every_entry())
    token = example.tick(NAME, at)
    evidence.wait_until("it came to something", lambda: len(evidence.every_entry()) > before)
    return [json.loads(record.text) for record in evidence.landed(token)]


def test_what_is_due_goes_and_the_ledger_names_a_report_with_the_counts(example: Trial, bucket: str) -> None:
    assert reported(example, "2026-11-21T03:00:00Z") == [REPORT]
    assert (keys(example, bucket), markers(example)) == (LEFT, ["c"])
    packed = example.client("s3").get_object(Bucket=bucket, Key="archive/logs/2026-11-20/web.log.gz")["Body"].read()
    assert gzip.decompress(packed) == b"GET /\n"


def test_the_same_tick_again_deletes_nothing(example: Trial, bucket: str) -> None:
    late = {"day": {"S": "2026-10-22"}, "key": {"S": "late"}}
    example.client("dynamodb").put_item(TableName="daily-cleanup-dev-markers", Item=late)
    assert reported(example, "2026-11-21T03:00:00Z") == [REPORT]
    entries = example.evidence(NAME).entries(example.tick_token(NAME, "2026-11-21T03:00:00Z"))
    assert [entry.status.value for entry in entries] == ["succeeded", "duplicate"]
    assert (keys(example, bucket), markers(example)) == (LEFT, ["c", "late"])


def test_the_next_night_has_its_own_day_alone(example: Trial, bucket: str) -> None:
    assert reported(example, "2026-11-22T03:00:00Z") == [{"day": "2026-11-22", "markers": 1, "temp": 1, "logs": 1}]
    assert markers(example) == ["late"]
    assert not [key for key in keys(example, bucket) if key.startswith(("temp/", "logs/"))]


class Breaking(MemoryBucket):
    """A bucket that breaks at its third removal."""

    removals = 0

    def delete(self, key: str) -> None:
        self.removals += 1
        if self.removals == 3:
            raise ConnectionError("reset")
        super().delete(key)


def test_a_run_that_breaks_halfway_reports_the_whole_night_when_it_comes_again(
    monkeypatch: pytest.MonkeyPatch, request: Any
) -> None:
    monkeypatch.syspath_prepend(str(request.path.parent))
    clean_up = import_module("daily_cleanup").clean_up
    landed: list[Any] = []
    stored, files = MemoryTable(("day", "key")), Breaking()
    for day, key in MARKERS:
        stored.put({"day": day, "key": key})
    for key, body in OBJECTS.items():
        files.put(key, body)
    stores = SimpleNamespace(markers=stored, files=files)
    run: Any = SimpleNamespace(stores=stores, outputs=SimpleNamespace(raw=SimpleNamespace(put=landed.append)))
    at = datetime(2026, 11, 21, 3, tzinfo=UTC)
    tick = Tick(scheduled_at=at, window_start=at, window_end=at, input={"keep_days": 30})
    with pytest.raises(ConnectionError):
        clean_up.function(tick, run)
    clean_up.function(tick, run)
    assert (landed, set(files.objects)) == ([REPORT], LEFT)
    assert gzip.decompress(files.objects["archive/logs/2026-11-20/worker.log.gz"]) == b"done\n"


def findings(file: Path) -> list[str]:
    declaration = load_pipeline(file)
    found = review([Subject(declaration, plan_pipeline(declaration), load_catalog())], today=date(2026, 11, 21))
    return [one.rule for one in found.findings]


def test_noon_is_held_back_until_somebody_approves_it(tmp_path: Path, request: Any) -> None:
    folder = request.path.parent
    text = (folder / "daily_cleanup.yaml").read_text(encoding="utf-8")
    (tmp_path / "daily_cleanup.py").write_text((folder / "daily_cleanup.py").read_text(encoding="utf-8"))
    noon = tmp_path / "noon.yaml"
    noon.write_text(text.replace('"0 3 * * ? *"', '"0 12 * * ? *"'), encoding="utf-8")
    assert findings(noon) == ["Pipeline::off-peak-window"]
    approval = (
        'approvals: [{ rule: "Pipeline::off-peak-window", resource: source.off_peak, ticket: OPS-21, '
        'approved_by: platform@example.com, expires: "2026-12-31", reason: "one month until the vendor moves" }]\n'
    )
    noon.write_text(noon.read_text(encoding="utf-8") + approval, encoding="utf-8")
    assert findings(noon) == []
