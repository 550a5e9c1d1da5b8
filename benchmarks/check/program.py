"""Load, validate and plan the declarations of a folder in this process, and print how long it took.

Usage: python -m benchmarks.check.program <folder>
"""

from __future__ import annotations

import json
import sys
import time


def main() -> None:
    """Measure one check, from the first import on."""
    started = time.perf_counter()
    from constructs_lib.composition import plan_pipeline
    from constructs_lib.declaration.folder import load_pipelines

    plans = [plan_pipeline(declaration) for declaration in load_pipelines(sys.argv[1])]
    seconds = time.perf_counter() - started
    if "aws_cdk" in sys.modules or "jsii" in sys.modules:
        raise RuntimeError("a check must not import CDK")
    print(json.dumps({"seconds": seconds, "plans": len(plans)}))


if __name__ == "__main__":
    main()
