"""Synthesise pipelines in this process, declared or written by hand, and print what each phase took.

Usage: python -m benchmarks.synth.program declared|by-hand <work folder> <cdk.out> [--govern rules|packs] [--count]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk import App


def main() -> None:
    """Measure one synthesis."""
    arguments = _arguments()
    from benchmarks.synth.phases import Phases

    phases = Phases()
    from aws_cdk import App

    add_stacks = _builder(arguments.written)
    phases.end("import")

    if arguments.count:
        phases.count_calls()
    app = App(outdir=arguments.output, builtin_cloud_formation_validation=False)
    add_stacks(app, arguments.folder)
    phases.end("construct")

    if arguments.govern:
        from constructs_lib.governance.attach import govern

        govern(app, packs=arguments.govern == "packs")
    phases.end("govern")

    app.synth()
    phases.end("synth")
    phases.print()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("written", choices=("declared", "by-hand"))
    parser.add_argument("folder", type=Path, help="folder that write_work_folder has filled")
    parser.add_argument("output")
    parser.add_argument("--govern", choices=("rules", "packs"))
    parser.add_argument("--count", action="store_true", help="count the calls into the jsii kernel")
    return parser.parse_args()


def _builder(written: str) -> Callable[[App, Path], None]:
    if written == "declared":
        from benchmarks.synth import declared

        return declared.add_stacks
    from benchmarks.synth import by_hand

    return by_hand.add_stacks


if __name__ == "__main__":
    main()
