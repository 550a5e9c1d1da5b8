"""The drills of consolidating handlers: one that is at fault fails exactly the drill that is about it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.declarations import write_project

if TYPE_CHECKING:
    from _pytest.pytester import Pytester

pytest_plugins = ["pytester"]

DECLARATION = """\
version: 1
pipeline: daily-parts
owner: orders@example.com
contract: {{ id: order, version: "1", schema: schemas/order.json }}
source: {{ type: queue }}
runner: {{ handler: "{package}.parts:land" }}
idempotency: {{ key: [body.day, body.part] }}
fan_in: {{ group: [body.day], part: body.part, expected: body.parts, timeout: 1h, handler: "{package}.parts:join" }}
outputs: [{{ type: raw }}]
"""
HANDLERS = """\
import uuid
from functions.runtime import Run, runner
from functions.runtime.fan_in import Parts

@runner
def land(record: dict, run: Run) -> None:
    run.outputs.raw.put(record)

@runner
def join(parts: Parts, run: Run) -> None:
    names = [part.name for part in parts]
{body}
"""
RECORD = {"order_id": "o", "day": "2026-01-31", "part": "a", "parts": ["a", "b", "c"]}

SCHEMA = {"type": "object", "required": list(RECORD), "properties": {name: {} for name in RECORD}}


@pytest.mark.parametrize(
    ("body", "broken"),
    [
        ("run.outputs.raw.put(names)", set()),
        ("pass", set()),
        ("run.outputs.raw.put([*names, uuid.uuid4().hex])", {"group-crash-after-effect"}),
        ("try:\n    run.outputs.raw.put(names)\nexcept Exception:\n    pass", {"group-poison"}),
    ],
)
def test_a_bad_consolidation_fails_exactly_the_drill_that_is_about_it(
    pytester: Pytester, body: str, broken: set[str]
) -> None:
    folder = pytester.path / "pipelines"
    write_project(folder)
    package = f"groups_{pytester.path.name}".lower()
    (folder / package).mkdir()
    (folder / package / "__init__.py").touch()
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    (folder / package / "parts.py").write_text(HANDLERS.format(body=lines))
    (folder / "daily-parts.yaml").write_text(DECLARATION.format(package=package))
    (folder / "schemas/order.json").write_text(json.dumps(SCHEMA))
    (folder / "samples").mkdir()
    (folder / "samples/daily-parts.json").write_text(json.dumps([RECORD]))
    drills = ("--drill", "group-crash-after-effect", "--drill", "group-duplicate", "--drill", "group-poison")
    plugin = ("-p", "constructs_lib.drills.plugin", "-p", "no:cacheprovider")
    result = pytester.runpytest_inprocess(*plugin, "--pipeline", "daily-parts", *drills)
    failed = {line.split("::")[-1].split()[0] for line in result.outlines if line.startswith("FAILED")}
    assert failed == broken
    result.assert_outcomes(passed=3 - len(broken), failed=len(broken))


@pytest.mark.parametrize(
    ("part", "parts", "schema"),
    [("only", 1, {"enum": ["only"]}), (7, 3, {"type": "integer"}), ("a", 3, {"type": "string"})],
)
def test_parts_that_are_only_counted_are_named_as_the_contract_allows(
    pytester: Pytester, part: object, parts: int, schema: dict[str, object]
) -> None:
    folder = pytester.path / "pipelines"
    write_project(folder)
    package = f"counted_{pytester.path.name}".lower()
    (folder / package).mkdir()
    (folder / package / "__init__.py").touch()
    (folder / package / "parts.py").write_text(HANDLERS.format(body="    run.outputs.raw.put(names)"))
    (folder / "daily-parts.yaml").write_text(DECLARATION.format(package=package))
    known = {**SCHEMA, "properties": {name: {} for name in RECORD} | {"part": schema}}
    (folder / "schemas/order.json").write_text(json.dumps(known))
    (folder / "samples").mkdir()
    (folder / "samples/daily-parts.json").write_text(json.dumps([{**RECORD, "part": part, "parts": parts}]))
    plugin = ("-p", "constructs_lib.drills.plugin", "-p", "no:cacheprovider", "--pipeline", "daily-parts")
    pytester.runpytest_inprocess(*plugin, "--drill", "group-duplicate").assert_outcomes(passed=1)
