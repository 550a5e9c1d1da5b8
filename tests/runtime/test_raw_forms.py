"""Objects of the Raw Stage as gzip and as Parquet: the same records under the same lines, in other forms."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import read_table

from functions.contract.environment import OutputSettings
from functions.contract.landed_lines import lines_of
from functions.runtime.outputs.raw_forms import compressed, parquet
from tests.runtime.fakes import BUCKET, World, contract

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string"},
        "total": {"type": ["number", "null"]},
        "count": {"type": "integer"},
        "paid": {"type": "boolean"},
        "lines": {"type": "array"},
    },
}


def settings(form: str) -> OutputSettings:
    return OutputSettings(name="raw", type="raw", target=BUCKET, options={"form": form})


def landed(form: str, folder: Path, *orders: dict[str, Any]) -> tuple[str, bytes, World]:
    (folder / "order.json").write_text(json.dumps(SCHEMA))
    world = World(outputs=(settings(form),), contract=contract())
    world.folder = folder
    world.send(*orders)
    assert world.deliver() == {"batchItemFailures": []}
    ((place, body),) = world.s3.objects.items()
    return place, body, world


@pytest.mark.parametrize("form", ["ndjson.gz", "parquet"])
def test_readers_find_every_record_at_its_location_in_every_form(form: str, tmp_path: Path) -> None:
    orders = [{"order_id": f"o-{number}", "total": number} for number in range(3)]
    place, _, world = landed(form, tmp_path, *orders)
    assert place.endswith(f"/records.{form}")
    assert [json.loads(line) for line in world.landed()] == orders
    assert sorted(entry.location or "" for entry in world.entries()) == [f"{place}#{line}" for line in (1, 2, 3)]


def test_compressed_lines_are_the_lines(tmp_path: Path) -> None:
    _, body, _ = landed("ndjson.gz", tmp_path, {"order_id": "o-1"})
    assert gzip.decompress(body) == b'{"order_id": "o-1"}\n'
    assert compressed((b"{}",)) == compressed((b"{}",))


def test_columns_are_those_of_the_contract_with_its_types(tmp_path: Path) -> None:
    order = {"order_id": "o-1", "total": 1, "count": 2, "paid": True, "lines": [{"sku": "a"}], "new": 1}
    _, body, _ = landed("parquet", tmp_path, order, {"order_id": "o-2"})
    table = read_table(io.BytesIO(body))
    assert {field.name: field.type for field in table.schema} == {
        "_record": pyarrow.string(),
        "order_id": pyarrow.string(),
        "total": pyarrow.float64(),
        "count": pyarrow.int64(),
        "paid": pyarrow.bool_(),
        "lines": pyarrow.string(),
    }
    first, second = table.to_pylist()
    assert json.loads(first.pop("_record")) == order
    assert first == {"order_id": "o-1", "total": 1.0, "count": 2, "paid": True, "lines": '[{"sku":"a"}]'}
    assert second["total"] is None


def test_a_record_that_does_not_fit_the_columns_takes_no_neighbour_along() -> None:
    lines = tuple(
        json.dumps(record).encode() for record in ({"count": "many", "total": 10**400}, [1], "x", {"count": 1})
    )
    body, _ = parquet(lines, SCHEMA)
    assert read_table(io.BytesIO(body)).column("count").to_pylist() == [None, None, None, 1]
    assert lines_of("a.parquet", body) == list(lines)


def test_without_a_contract_the_text_is_the_only_column() -> None:
    body, kind = parquet((b'{"a": 1}',), None)
    assert read_table(io.BytesIO(body)).column_names == ["_record"]
    assert kind == "application/vnd.apache.parquet"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*SCHEMA["properties"], "x"]), inner),
    max_leaves=6,
)


@given(records=st.lists(VALUES, min_size=1, max_size=4))
def test_any_record_is_written_and_read_back_as_it_was(records: list[Any]) -> None:
    lines = tuple(json.dumps(record, ensure_ascii=True).encode() for record in records)
    for key, (body, _) in (("a.parquet", parquet(lines, SCHEMA)), ("a.ndjson.gz", compressed(lines))):
        assert lines_of(key, body) == list(lines)
