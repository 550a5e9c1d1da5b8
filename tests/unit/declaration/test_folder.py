"""A folder of declarations loads as a whole, or tells every fault of every file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from constructs_lib.declaration.folder import load_pipelines
from constructs_lib.errors import DeclarationError
from tests.declarations import fields, write_project


def write(folder: Path, name: str, **changes: object) -> Path:
    file = write_project(folder) / name
    file.write_text(json.dumps({"version": 1, **fields(**changes)}))
    return file


def test_every_declaration_is_loaded_in_the_order_of_the_file_names(tmp_path: Path) -> None:
    write(tmp_path, "b.json", pipeline="second")
    write(tmp_path, "a.json", pipeline="first")
    (tmp_path / "README.md").write_text("not a declaration")
    assert [declaration.pipeline for declaration in load_pipelines(tmp_path)] == ["first", "second"]


def test_a_file_is_a_folder_of_one(tmp_path: Path) -> None:
    assert [d.pipeline for d in load_pipelines(write(tmp_path, "one.json"))] == ["shop-orders"]


def test_the_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    write(tmp_path, "a.json", owner="nobody")
    write(tmp_path, "b.json", pipeline="Wrong Name")
    with pytest.raises(DeclarationError) as caught:
        load_pipelines(tmp_path)
    assert {Path(fault.file or "").name for fault in caught.value.faults} == {"a.json", "b.json"}


def test_two_pipelines_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.json")
    write(tmp_path, "b.json")
    with pytest.raises(DeclarationError) as caught:
        load_pipelines(tmp_path)
    assert [fault.code for fault in caught.value.faults] == ["pipeline-name-taken"]


def test_a_folder_without_a_declaration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError) as caught:
        load_pipelines(tmp_path)
    assert [fault.code for fault in caught.value.faults] == ["folder-empty"]
