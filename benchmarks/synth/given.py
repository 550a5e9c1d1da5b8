"""What both sides are given before any watch starts: declarations and finished bundles, in one folder.

Usage: python -m benchmarks.synth.given <folder> <pipelines>
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

from benchmarks.declarations import pipeline_names, write_declarations
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.loader import load_pipeline
from constructs_lib.patterns.bundling import Bundle, Bundler

GIVEN = "given.json"
DECLARATIONS = "pipelines"


def write_given(folder: Path, count: int, bundler: Bundler | None = None) -> Path:
    """Fill ``folder`` for so many pipelines and return it; bundles are built here, so that no run installs anything."""
    declarations = write_declarations(folder / DECLARATIONS, count)
    names = pipeline_names(count)
    plan = plan_pipeline(load_pipeline(declarations / f"{names[0]}.yaml"))
    bundler = bundler or Bundler()
    code = bundler.user_code(plan.function(plan.runner).code, plan.contract)
    layer = bundler.runtime_layer()
    given = {"layer": unpacked(layer, folder / "layer"), "code": unpacked(code, folder / "code"), "pipelines": names}
    (folder / GIVEN).write_text(json.dumps(given))
    return folder


def unpacked(bundle: Bundle, folder: Path) -> str:
    """Return the bundle as a folder, which is what one hands to ``Code.from_asset`` by hand."""
    with zipfile.ZipFile(bundle.archive) as archive:
        archive.extractall(folder)
    return str(folder)


if __name__ == "__main__":
    write_given(Path(sys.argv[1]), int(sys.argv[2]))
