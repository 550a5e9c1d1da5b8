"""A checkout: its declarations, its CDK app, and the environments that were built in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.folder import load_pipelines
from constructs_lib.errors import UserError
from constructs_lib.local.assembly import Assembly
from constructs_lib.local.cdk_cli import CdkCli, Ran
from constructs_lib.local.emulator import aws_environment
from constructs_lib.model.names import platform_names

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan

PLATFORM = "pipelines"
"""Name of the platform that ``app.py`` makes."""
STAGE = "dev"


@dataclass(frozen=True)
class Project:
    """The folder that holds ``cdk.json``, and the emulator's environment (``.envs/emulator`` in it by default)."""

    root: Path
    emulator_environment: Path

    @classmethod
    def at(cls, root: Path, emulator_environment: Path | None = None) -> Project:
        """Return the project in a folder.

        Raises:
            UserError: ``project-missing`` when the folder holds no CDK app.
        """
        if not (root / "cdk.json").is_file():
            raise UserError.of(
                "project-missing",
                str(root),
                "holds no cdk.json",
                "the folder of a checkout",
                "go there, or name it with --project",
            )
        return cls(root.absolute(), (emulator_environment or root / ".envs" / "emulator").absolute())

    def plans(self, declarations: Path | None = None) -> tuple[PipelinePlan, ...]:
        """Return the plan of every declaration that ``app.py`` synthesises."""
        platform = platform_names(PLATFORM, STAGE)
        loaded = load_pipelines(declarations or self.root / "pipelines")
        return tuple(plan_pipeline(declaration, stage=STAGE, platform=platform) for declaration in loaded)

    def synth(self, session: LocalSession, declarations: Path | None = None) -> tuple[Assembly, Ran]:
        """Run ``cdk synth`` with bundles for this machine, under governance; return the assembly and how it went."""
        output = session.folder / "cdk.out"
        context = ["-c", "target=host", "-c", f"stage={STAGE}"]
        if declarations is not None:
            context += ["-c", f"pipelines={declarations}"]
        cli = CdkCli(self.root, session.folder, _synth_environment(session), cwd=self.root)
        return Assembly(output), cli.try_run("synth", "--quiet", "--output", str(output), *context)

    def deploying_cli(self, session: LocalSession) -> CdkCli:
        """Return the CLI with nothing but the emulator around it."""
        return CdkCli(self.root, session.folder, aws_environment(session.proxy.url))


def _synth_environment(session: LocalSession) -> dict[str, str]:
    """Return the user's environment without any AWS setting: bundling needs registries, caches and proxies."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_DEFAULT_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | aws_environment(session.proxy.url)
