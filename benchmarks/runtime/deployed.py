"""The environment in which both handlers run: the one that the plan of the pipeline gives its function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.declarations import SCHEMA, pipeline_names, write_declarations
from benchmarks.runtime.store import PEER_STATE_TABLE
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.loader import load_pipeline
from constructs_lib.local.aws import LocalAws
from constructs_lib.model.names import platform_names
from functions.contract.bundle import CONTRACT_FILE

if TYPE_CHECKING:
    from pathlib import Path

TRACING = "POWERTOOLS_TRACE_DISABLED"


def function_environment(folder: Path, *, tracing: bool) -> dict[str, str]:
    """Return the runner's environment as Lambda would set it, with what the peer needs beside it.

    Args:
        folder: where the declaration is written; it is the bundle too, as the handler brings no dependencies.
        tracing: whether X-Ray's tracer is on.
    """
    write_declarations(folder, 1)
    declaration = load_pipeline(folder / f"{pipeline_names(1)[0]}.yaml")
    plan = plan_pipeline(declaration, platform=platform_names("pipelines", "dev"))
    runner = plan.function(plan.runner)
    (folder / CONTRACT_FILE).write_text(SCHEMA)
    variables = {variable.name: LocalAws.resolve(variable.value) for variable in runner.environment}
    return variables | {
        "AWS_LAMBDA_FUNCTION_NAME": runner.name,
        "LAMBDA_TASK_ROOT": str(folder),
        "PYTHONPATH": str(folder),
        TRACING: str(not tracing).lower(),
        "OUR_HANDLER": runner.handler,
        "PEER_STATE_TABLE": PEER_STATE_TABLE,
        "PEER_CONTRACT": str(folder / CONTRACT_FILE),
    }
