"""Stacks come in the order of their dependencies, and an adapted copy leaves the synthesised one alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.local.assembly import Assembly
from constructs_lib.local.deploy import zipped

if TYPE_CHECKING:
    from pathlib import Path

POLICY = {"Statement": [{"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": "*"}]}


def write_assembly(folder: Path, dependencies: dict[str, list[str]]) -> Assembly:
    artifacts: dict[str, Any] = {}
    folder.mkdir()
    for name, needed in dependencies.items():
        file = f"{name}.template.json"
        resources = {"Policy": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": POLICY}}}
        (folder / file).write_text(json.dumps({"Resources": resources}))
        files = {"t": {"source": {"path": file}}, "code": {"source": {"path": "asset.1", "packaging": "zip"}}}
        (folder / f"{name}.assets.json").write_text(json.dumps({"files": files}))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": file},
            "dependencies": needed,
        }
        artifacts[f"{name}.assets"] = {"type": "cdk:asset-manifest"}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return Assembly(folder)


def test_every_stack_comes_after_those_that_it_depends_on(tmp_path: Path) -> None:
    assembly = write_assembly(tmp_path / "out", {"orders": ["platform", "orders.assets"], "platform": []})
    assert [stack.name for stack in assembly.stacks()] == ["platform", "orders"]


def test_the_template_is_no_asset_of_its_stack(tmp_path: Path) -> None:
    (stack,) = write_assembly(tmp_path / "out", {"orders": []}).stacks()
    assert [asset["source"]["path"] for asset in stack.assets] == ["asset.1"]


def test_an_adapted_copy_leaves_the_synthesised_assembly_alone(tmp_path: Path) -> None:
    assembly = write_assembly(tmp_path / "out", {"orders": []})
    before = assembly.stacks()[0].template.read_text()
    copied, changes = assembly.adapted(tmp_path / "adapted")
    assert assembly.stacks()[0].template.read_text() == before
    assert "SendMessageBatch" in copied.stacks()[0].template.read_text()
    assert [change.logical_id for change in changes["orders"]] == ["Policy"]


def test_equal_folders_make_equal_zip_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name / "inner").mkdir(parents=True)
        (tmp_path / name / "inner" / "code.py").write_text("x = 1\n")
    assert zipped(tmp_path / "a") == zipped(tmp_path / "b")
    (tmp_path / "b" / "inner" / "code.py").write_text("x = 2\n")
    assert zipped(tmp_path / "a") != zipped(tmp_path / "b")
