"""Steps of workflows on a runtime of their own, which tells the emulator the class of an exception.

The emulator calls every exception of a Python function ``Runtime.HandlerError``, so that no state machine could tell
them apart. As ``provided.al2023`` the same function runs through AWS's own ``awslambdaric``, and its errors keep their
names. The layers of the assembly are on its path; the emulator unpacks none for such a function.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from functions.contract.environment import Variable

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local.stack_artifact import StackArtifact

LOCAL_PYTHON = "LOCAL_PYTHON"
"""Variable of the emulator with the interpreter that has awslambdaric."""
RUNTIME = "provided.al2023"
_FUNCTION, _LAYER = "AWS::Lambda::Function", "AWS::Lambda::LayerVersion"
_BOOTSTRAP = f"""#!/bin/sh
export PYTHONPATH='{{path}}'
exec "${LOCAL_PYTHON}" -m awslambdaric "$_HANDLER"
"""


def report_true_errors(template: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the functions of steps the runtime that names errors; yield each one's logical id and what was changed."""
    for name, resource in template.get("Resources", {}).items():
        variables = resource.get("Properties", {}).get("Environment", {}).get("Variables", {})
        if resource["Type"] == _FUNCTION and variables.get(Variable.MODE) == "step":
            resource["Properties"]["Runtime"] = RUNTIME
            yield name, f"runs as {RUNTIME}: under the emulator's Python every error has the same name"


def add_bootstraps(stacks: tuple[StackArtifact, ...], folder: Path) -> None:
    """Unpack the layers into ``folder``, and add the program that starts it to the code of every such function."""
    functions = {
        stack.asset(properties["Code"]["S3Key"])
        for stack in stacks
        for properties in _of_type(stack, _FUNCTION)
        if properties.get("Runtime") == RUNTIME
    }
    if not functions:
        return
    layers = {stack.asset(properties["Content"]["S3Key"]) for stack in stacks for properties in _of_type(stack, _LAYER)}
    path = os.pathsep.join(str(_unpacked(layer, folder) / "python") for layer in sorted(layers))
    for code in functions:
        _add(code, _BOOTSTRAP.format(path=path))


def _add(code: Path, bootstrap: str) -> None:
    if code.is_dir():
        (code / "bootstrap").write_text(bootstrap)
        (code / "bootstrap").chmod(0o755)
        return
    with zipfile.ZipFile(code, "a") as archive:
        archive.writestr("bootstrap", bootstrap)


def _of_type(stack: StackArtifact, kind: str) -> Iterator[dict[str, Any]]:
    resources = json.loads(stack.template.read_text())["Resources"].values()
    return (resource["Properties"] for resource in resources if resource["Type"] == kind)


def _unpacked(layer: Path, folder: Path) -> Path:
    if layer.is_dir():
        return layer
    target = folder / layer.stem
    with zipfile.ZipFile(layer) as archive:
        archive.extractall(target)
    return target
