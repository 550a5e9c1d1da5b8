"""Items that a distributed map reads: more than there may be fail it, whatever share is tolerated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.workflows import Stage, declare_workflow, task

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = {"format": "json", "store": "files", "key": "list.json"}
FILES = [{"type": "bucket", "name": "files", "access": "read_write"}]
SHAPES: dict[str, dict[str, Any]] = {
    "one by one": {},
    "in batches": {"batch_size": 2},
    "counted": {"collect": False},
    "written": {"results": {"store": "files"}},
}


def stage(folder: Path, many: int, **fields: Any) -> Stage:
    rows = {"type": "map", "name": "rows", "mode": "distributed", "source": SOURCE, "max_items": 3}
    rows |= {"max_concurrency": 1, "tolerated_failures": "100%", "steps": [task("row", input=1)], **fields}
    rows |= {"catch": [{"errors": ["TooManyItems"], "next": "refuse"}]}
    refuse = [{"type": "succeed", "name": "fine", "output": "{% $rows %}"}, task("refuse")]
    made = Stage(declare_workflow(folder, rows, *refuse, stores=FILES))
    bucket = made.states.machines[made.machine]["States"]["rows"]["ItemReader"]["Arguments"]["Bucket"]
    made.states.objects.write(bucket, "list.json", json.dumps(list(range(many))).encode())
    return made


@pytest.mark.parametrize("shape", SHAPES)
def test_as_many_as_there_may_be_are_all_worked_on(shape: str, tmp_path: Path) -> None:
    made = stage(tmp_path, 3, **SHAPES[shape])
    assert made.run({}).status == "SUCCEEDED"
    assert (made.called.count("row"), "refuse" in made.called) == (2 if shape == "in batches" else 3, False)


@pytest.mark.parametrize("shape", SHAPES)
def test_one_too_many_fails_the_step_under_its_own_name(shape: str, tmp_path: Path) -> None:
    made = stage(tmp_path, 4, **SHAPES[shape])
    made.run({})
    assert (made.called[-1], made.letters) == ("refuse", [])


def test_where_results_are_written_the_result_is_their_place(tmp_path: Path) -> None:
    output = stage(tmp_path, 2, results={"store": "files"}, collect=False).run({}).output
    assert output["ResultWriterDetails"]["Key"].endswith("manifest.json")
