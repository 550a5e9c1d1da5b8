"""``pipelines demo``: the example pipelines on the embedded AWS, from declaration to evidence."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from constructs_lib.local.session import LocalSession

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells expect it."""


def demo(
    project: Annotated[Path | None, typer.Option(help="Folder of the checkout; the current one by default.")] = None,
    emulator: Annotated[Path | None, typer.Option(help="The emulator's virtual environment.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep it running afterwards, until Ctrl-C.")] = False,
) -> None:
    """Synthesise the examples, deploy them to an emulated AWS on this machine, and show what happens to orders.

    Exit code 0 means that everything happened as expected. Nothing is left running.
    """
    from constructs_lib.cli._demo_view import DemoView, make_console
    from constructs_lib.local.demo import Demo
    from constructs_lib.local.project import Project

    console = make_console()
    began = time.monotonic()
    try:
        run = Demo(Project.at(project or Path.cwd(), emulator), DemoView(console))
        unmet = run.run((lambda session: _stay(console, session)) if keep else None)
    except KeyboardInterrupt:
        console.print("\nstopped; nothing is left running")
        raise typer.Exit(INTERRUPTED) from None
    for sentence in unmet:
        console.print(f"[bold red]not so:[/] {sentence}")
    verdict = f"{len(unmet)} expectations did not hold" if unmet else "everything happened as expected"
    console.print(f"\n[bold]{verdict}[/], in {time.monotonic() - began:.0f} s; nothing is left running")
    raise typer.Exit(1 if unmet else 0)


def _stay(console: Console, session: LocalSession) -> None:
    from constructs_lib.local.emulator import aws_environment

    console.print("\nstill running, until Ctrl-C; in another shell:")
    for name, value in aws_environment(session.proxy.url).items():
        console.print(f"  export {name}={value}")
    while True:
        time.sleep(3600)
