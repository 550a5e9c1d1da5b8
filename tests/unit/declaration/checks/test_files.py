"""Files that a declaration names are there and can be used; nothing of them is imported or run."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.declaration import parse_pipeline
from tests.declarations import fields, write_project
from tests.unit.declaration.bad_input import RUNNER, faults_of

if TYPE_CHECKING:
    from pathlib import Path

HASH = "sha256:" + "0" * 64


def codes(folder: Path, files: dict[str, str | bytes], **changes: Any) -> list[str]:
    write_project(folder)
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [fault.code for fault in faults_of(lambda: parse_pipeline(json.dumps(fields(**changes)), directory=folder))]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe", "schema-unreadable"),
        (b"", "schema-unreadable"),
        (b"[" * 100_000, "schema-unreadable"),
        (b"#" * 1_000_001, "schema-unreadable"),
        (b'{"type": 5}', "schema-wrong"),
        (b'{"properties": {"a": {"pattern": "("}}}', "schema-wrong"),
        (b"5", "schema-wrong"),
        (b'{"$ref": "https://example.com/order.json"}', "schema-unsupported"),
        (b'{"$schema": "http://json-schema.org/draft-04/schema#"}', "schema-unsupported"),
        (b'{"unevaluatedProperties": false}', "schema-unsupported"),
    ],
)
def test_a_schema_that_cannot_be_checked_is_refused(content: bytes, code: str, tmp_path: Path) -> None:
    assert code in codes(tmp_path, {"schemas/order.json": content})


@pytest.mark.parametrize(
    "marked",
    [
        {"x-sensitive": "yes"},
        {"x-sensitive": 1},
        {"x-sensitve": True},
        {"items": {"x-sensitiv": True}},
        {"anyOf": [{"prefixItems": [{"x-sensetive": True}]}]},
    ],
)
def test_a_mark_that_would_not_mean_what_it_says_is_refused(marked: dict[str, Any], tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["order_id"], "properties": {"order_id": {}, "name": marked}}
    assert codes(tmp_path, {"schemas/order.json": json.dumps(schema)}) == ["schema-mark-unclear"]


@pytest.mark.parametrize(
    "marked", [{"x-sensitive": True}, {"x-sensitive": False}, {"x-owner": "a"}, {"const": {"x-sensitve": 1}}]
)
def test_a_clear_mark_and_what_is_no_mark_are_taken(marked: dict[str, Any], tmp_path: Path) -> None:
    known = {"order_id": {}, "name": marked, "x-sensitve": {}}
    schema = {"type": "object", "required": ["order_id"], "properties": known}
    assert codes(tmp_path, {"schemas/order.json": json.dumps(schema)}) == []


def test_a_schema_of_another_dialect_is_told_which_to_name(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "schemas/order.json").write_text('{"$schema": "http://json-schema.org/draft-07/schema#"}')
    faults = faults_of(lambda: parse_pipeline(json.dumps(fields()), directory=tmp_path))
    (told,) = [fault for fault in faults if fault.code == "schema-unsupported"]
    assert "another dialect" in told.found
    assert "2020-12" in told.fix
    assert all(fault.allowed for fault in faults)


def test_a_schema_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["order_id"], "properties": {"order_id": {}}}
    assert codes(tmp_path, {"schemas/order.json": b"\xef\xbb\xbf" + json.dumps(schema).encode()}) == []


def test_a_schema_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    contract = {"id": "order", "version": "1", "schema": "schemas"}
    assert codes(tmp_path, {}, contract=contract) == ["schema-unreadable"]


@pytest.mark.parametrize(
    "source",
    ["def handle(): ...", "from elsewhere import handle", "handle = make()", "@decorated\ndef handle(): ..."],
)
def test_a_handler_is_found_however_it_is_defined(source: str, tmp_path: Path) -> None:
    assert codes(tmp_path, {"app.py": source}, runner={"handler": "app:handle"}) == []


def test_a_handler_in_a_package_is_found(tmp_path: Path) -> None:
    assert (
        codes(tmp_path, {"src/app/__init__.py": "def handle(): ..."}, runner={"handler": "app:handle", "code": "src"})
        == []
    )


@pytest.mark.parametrize(
    ("files", "handler", "code"),
    [
        ({}, "nowhere:handle", "handler-missing"),
        ({"app.py": "def other(): ..."}, "app:handle", "handler-missing"),
        ({"app.py": "class A:\n  def handle(self): ..."}, "app:handle", "handler-missing"),
        ({"app.py": "async def handle(): ..."}, "app:handle", "handler-missing"),
        ({"app.py": b"\xff"}, "app:handle", "handler-not-python"),
        ({"app.py": b"a = 1\0"}, "app:handle", "handler-not-python"),
        ({"app.py": "(" * 10_000}, "app:handle", "handler-not-python"),
    ],
    ids=str,
)
def test_a_handler_that_is_not_there_is_refused(
    files: dict[str, str | bytes], handler: str, code: str, tmp_path: Path
) -> None:
    assert codes(tmp_path, files, runner={"handler": handler}) == [code]


def test_the_users_module_is_read_and_not_imported(tmp_path: Path) -> None:
    source = f"open({str(tmp_path / 'made')!r}, 'w')\ndef handle(): ..."
    assert codes(tmp_path, {"never_imported.py": source}, runner={"handler": "never_imported:handle"}) == []
    assert not (tmp_path / "made").exists()
    assert "never_imported" not in sys.modules


@pytest.mark.parametrize(
    ("line", "pinned"),
    [
        (f"a==1 --hash={HASH}", True),
        (f"a[x]==1.0 \\\n    --hash={HASH} \\\n    --hash={HASH}  # via b", True),
        (f'a==1 ; python_version < "3.14" --hash={HASH}', True),
        ("--only-binary :all:\n# a comment", True),
        ("a==1", False),
        (f"a>=1 --hash={HASH}", False),
        ("a==1 --hash=md5:0", False),
        ("-r other.txt", False),
        ("git+https://example.com/a.git", False),
    ],
)
def test_a_requirement_is_one_version_with_its_hash(line: str, pinned: bool, tmp_path: Path) -> None:
    found = codes(tmp_path, {"requirements.txt": line}, runner={**RUNNER, "requirements": "requirements.txt"})
    assert found == ([] if pinned else ["requirement-without-hash"])


def test_a_handler_that_is_mended_is_read_again(tmp_path: Path) -> None:
    assert codes(tmp_path, {"app.py": "def handel(): ..."}, runner={"handler": "app:handle"}) == ["handler-missing"]
    assert codes(tmp_path, {"app.py": "def handle(): ..."}, runner={"handler": "app:handle"}) == []
