"""Loading a declaration is cheap: no CDK, no Node, no AWS, and nothing that only other commands need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import constructs_lib

ROOT = Path(constructs_lib.__file__).parents[1]
HEAVY = ("aws_cdk", "constructs", "jsii", "boto3", "botocore", "rich", "typer", "uv")
SCRIPT = """
import sys
from constructs_lib import load_pipelines
assert len(load_pipelines("pipelines")) == 5
print([name for name in {heavy} if name in sys.modules], len(sys.modules))
"""


def test_loading_and_checking_the_examples_imports_neither_cdk_nor_aws() -> None:
    script = SCRIPT.format(heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    found, _, modules = done.stdout.strip().rpartition(" ")
    assert found == "[]"
    assert int(modules) < 700


def test_the_public_names_are_imported_from_where_they_live() -> None:
    from constructs_lib.declaration import PipelineDeclaration, load_pipeline

    assert constructs_lib.load_pipeline is load_pipeline
    assert constructs_lib.PipelineDeclaration is PipelineDeclaration
    assert set(constructs_lib.__all__) <= set(dir(constructs_lib))
    assert not hasattr(constructs_lib, "load_pipelin")
