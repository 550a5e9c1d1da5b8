"""The functions of steps run on a runtime that tells the names of errors; no other function changes."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

from constructs_lib.local.assembly import Assembly
from constructs_lib.local.template_filter import adapt

if TYPE_CHECKING:
    from pathlib import Path


def function(mode: str | None, code: str = "code.zip") -> dict[str, Any]:
    variables = {"PIPELINE_MODE": mode} if mode else {}
    properties = {
        "Runtime": "python3.13",
        "Code": {"S3Bucket": "b", "S3Key": code},
        "Environment": {"Variables": variables},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def test_only_a_function_of_a_step_gets_the_runtime_and_it_is_named() -> None:
    template = {"Resources": {"Step": function("step"), "Runner": function("sync"), "Plain": function(None)}}
    adapted, changes = adapt(template)
    runtimes = {name: resource["Properties"]["Runtime"] for name, resource in adapted["Resources"].items()}
    assert runtimes == {"Step": "provided.al2023", "Runner": "python3.13", "Plain": "python3.13"}
    assert [change.logical_id for change in changes] == ["Step"]


def write(folder: Path, mode: str) -> Assembly:
    folder.mkdir()
    for name in ("code", "other", "layer"):
        with zipfile.ZipFile(folder / f"asset.{name}.zip", "w") as archive:
            archive.writestr("python/runtime.py" if name == "layer" else "app.py", "x = 1\n")
    layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Bucket": "b", "S3Key": "layer.zip"}}}
    resources = {"Layer": layer, "Step": function(mode), "Other": function(None, "other.zip")}
    (folder / "t.template.json").write_text(json.dumps({"Resources": resources}))
    files = {
        name: {"source": {"path": f"asset.{name}.zip"}, "destinations": {"here": {"objectKey": f"{name}.zip"}}}
        for name in ("code", "other", "layer")
    }
    (folder / "t.assets.json").write_text(json.dumps({"files": files}))
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.template.json"}}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"t": stack}}))
    return Assembly(folder)


def entries(folder: Path, name: str) -> list[str]:
    return zipfile.ZipFile(folder / f"asset.{name}.zip").namelist()


def test_the_copied_code_of_a_step_gets_a_bootstrap_that_finds_the_unpacked_layer(tmp_path: Path) -> None:
    copied, _ = write(tmp_path / "out", "step").adapted(tmp_path / "adapted")
    bootstrap = zipfile.ZipFile(copied.folder / "asset.code.zip").read("bootstrap").decode()
    layer = copied.folder / "layers" / "asset.layer" / "python"
    assert (layer / "runtime.py").read_text() == "x = 1\n"
    assert f"PYTHONPATH='{layer}'" in bootstrap
    assert bootstrap.endswith('exec "$LOCAL_PYTHON" -m awslambdaric "$_HANDLER"\n')
    assert entries(copied.folder, "other") == ["app.py"]
    assert entries(tmp_path / "out", "code") == ["app.py"]


def test_an_assembly_without_steps_gets_no_bootstrap(tmp_path: Path) -> None:
    copied, changes = write(tmp_path / "out", "async").adapted(tmp_path / "adapted")
    assert entries(copied.folder, "code") == ["app.py"]
    assert not (copied.folder / "layers").exists()
    assert changes == {"t": ()}
