"""An export has every entry of its time, once, in both formats, and replaces a file only when it is complete."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet
import pytest

from constructs_lib.errors import UserError
from constructs_lib.operations.export import JsonLines, export
from constructs_lib.operations.parquet import ROWS, SCHEMA, Parquet
from constructs_lib.operations.window import Window
from functions.contract.identity import text_hash
from functions.contract.ledger import LedgerEntry, Status, text_of
from tests.unit.operations.evidence_world import NOW, EvidenceWorld, entry

FIRST = entry("a", "m1", at=NOW - timedelta(hours=2), queued_at=1741600000123, drift=("new_field",))
SECOND = entry("b", "m2", at=NOW - timedelta(hours=1), status=Status.FAILED, error_type="É")
DAY = Window.of(None, None, NOW)


@pytest.fixture
def world() -> EvidenceWorld:
    made = EvidenceWorld()
    made.record(entry("old", "m0", at=NOW - timedelta(days=2)))
    made.record(FIRST)
    made.record(SECOND)
    made.archive_texts([FIRST.text], "2025-03-10")
    return made


def test_json_lines_are_the_archived_texts(world: EvidenceWorld, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    assert export(world.archive, DAY, NOW, file, JsonLines) == 2
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines == [text_of(one.to_item()) for one in (FIRST, SECOND)]
    assert [LedgerEntry.from_text(line) for line in lines] == [FIRST, SECOND]


def test_parquet_has_a_column_for_each_field_the_hash_and_the_text(world: EvidenceWorld, tmp_path: Path) -> None:
    file = tmp_path / "ledger.parquet"
    assert export(world.archive, DAY, NOW, file, Parquet) == 2
    one, other = pyarrow.parquet.read_table(file).to_pylist()
    assert set(LedgerEntry.__dataclass_fields__) == set(SCHEMA.names) - {"hash", "entry"}
    assert (one["run_token"], one["status"], one["drift"]) == ("a", "succeeded", ["new_field"])
    assert one["recorded_at"] == NOW - timedelta(hours=2)
    assert one["queued_at"] == datetime.fromtimestamp(1741600000.123, UTC)
    assert (other["error_type"], other["parent_run_id"], other["drift"]) == ("É", None, [])
    assert [row["hash"] for row in (one, other)] == [FIRST.hash, SECOND.hash]
    assert text_hash(other["entry"]) == other["hash"]


@pytest.mark.parametrize("status", list(Status))
def test_whatever_came_of_a_try_its_status_and_its_step_are_in_both_formats(status: Status, tmp_path: Path) -> None:
    world, name = EvidenceWorld(), f"{'a' * 32}/resize[3]@2"
    made = entry("t", "m", at=NOW - timedelta(hours=1), status=status)
    told = replace(made, run_id=name, parent_run_id="m.1", step="resize[3]@2")
    world.record(told)
    lines, table = tmp_path / "ledger.jsonl", tmp_path / "ledger.parquet"
    assert export(world.archive, DAY, NOW, lines, JsonLines) == export(world.archive, DAY, NOW, table, Parquet) == 1
    assert LedgerEntry.from_text(lines.read_text(encoding="utf-8")) == told
    (row,) = pyarrow.parquet.read_table(table).to_pylist()
    assert (row["status"], row["step"], row["run_id"]) == (status.value, "resize[3]@2", name)
    assert (row["parent_run_id"], row["hash"]) == ("m.1", told.hash)


def test_parquet_is_written_in_groups_of_rows(tmp_path: Path) -> None:
    file = tmp_path / "many.parquet"
    with Parquet(file) as written:
        for number in range(ROWS + 1):
            written.write(entry(f"t{number}", "m").text)
    assert pyarrow.parquet.ParquetFile(file).metadata.num_row_groups == 2
    assert pyarrow.parquet.ParquetFile(file).metadata.num_rows == ROWS + 1


@pytest.mark.parametrize("writer", [JsonLines, Parquet])
def test_a_time_without_entries_is_an_empty_file(tmp_path: Path, writer: type[JsonLines | Parquet]) -> None:
    file = tmp_path / "none"
    assert export(EvidenceWorld().archive, DAY, NOW, file, writer) == 0
    assert file.exists()
    if writer is Parquet:
        assert pyarrow.parquet.read_table(file).num_rows == 0


@pytest.mark.parametrize("writer", [JsonLines, Parquet])
def test_an_export_that_breaks_off_leaves_the_file_as_it_was(
    world: EvidenceWorld, tmp_path: Path, writer: type[JsonLines | Parquet]
) -> None:
    file = tmp_path / "ledger"
    file.write_text("before")
    world.objects.put(world.archive_texts([json.dumps({"no": "entry"})], "2025-03-10"), b"")
    with pytest.raises(UserError, match="archive-damaged"):
        export(world.archive, DAY, NOW, file, writer)
    assert [path.name for path in tmp_path.iterdir()] == ["ledger"]
    assert file.read_text() == "before"


@pytest.mark.parametrize("writer", [JsonLines, Parquet])
def test_a_place_that_cannot_be_written_is_told(
    world: EvidenceWorld, tmp_path: Path, writer: type[JsonLines | Parquet]
) -> None:
    with pytest.raises(UserError, match="output-unwritable"):
        export(world.archive, DAY, NOW, tmp_path / "none" / "ledger", writer)


def test_parquet_without_its_library_is_told_with_the_way_out(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['pyarrow'] = None; from constructs_lib.cli import main;"
        f"main(['ledger', 'export', 'x.yaml', '--format', 'parquet', '--output', {str(tmp_path / 'x')!r}])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "[parquet-not-installed]" in done.stderr
    assert "serverless-pipelines[parquet]" in done.stderr
    assert "Traceback" not in done.stderr
