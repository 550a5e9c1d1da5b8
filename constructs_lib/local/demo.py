"""The embedded run from declaration to evidence: synthesise, adapt, deploy, and tell every story."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from constructs_lib.errors import UserError
from constructs_lib.local.deploy import CdkDeployer
from constructs_lib.local.session import LocalSession
from constructs_lib.local.stories import STORIES
from constructs_lib.local.stories.scene import Scene
from constructs_lib.operations.story.picture import picture
from functions.contract.raw import QUARANTINE_PREFIX, RAW_PREFIX

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local.assembly import Assembly
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.project import Project
    from constructs_lib.local.stories.telling import Story, Telling
    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.operations.story.story import Story as Record
    from functions.contract.ledger import LedgerEntry

STAR = "shop-orders"
"""The pipeline that most stories happen to."""
PICTURES = ".pipelines"
"""Folder of the checkout for what a run leaves to look at."""


class Audience(Protocol):
    """Whoever watches the run."""

    def step(self, title: str) -> None:
        """A step begins."""

    def line(self, text: str) -> None:
        """Something happened in it."""

    def done(self, seconds: float) -> None:
        """The step is over."""

    def expectations(self, telling: Telling) -> None:
        """A story has been told; this is what was expected of it."""

    def record(self, record: Record) -> None:
        """The whole way of one record."""

    def ledger(self, entries: tuple[LedgerEntry, ...]) -> None:
        """Everything that the ledger knows in the end."""


class Demo:
    """One run of the example pipelines on the embedded AWS."""

    def __init__(self, project: Project, audience: Audience, clock: Callable[[], float] = time.monotonic) -> None:
        """Show the project's pipelines to an audience."""
        self._project = project
        self._audience = audience
        self._clock = clock

    def run(self, afterwards: Callable[[LocalSession], None] | None = None) -> tuple[str, ...]:
        """Run everything and return what was expected and did not hold; nothing is left running.

        Args:
            afterwards: what to do before everything is stopped.

        Raises:
            UserError: an environment is missing, the synthesis is refused, or a deployment fails.
        """
        plans = self._project.plans()
        with LocalSession(self._project.emulator_environment) as session:
            self._audience.line(f"the emulated AWS listens on {session.proxy.url}, on this machine only")
            assembly = self._adapt(session, self._synthesise(session))
            self._deploy(session, assembly, plans)
            unmet = self._tell(Scene(session, next(plan for plan in plans if plan.pipeline == STAR), plans))
            if afterwards is not None:
                afterwards(session)
        return unmet

    def _synthesise(self, session: LocalSession) -> Assembly:
        with self._step("cdk synth, under governance"):
            assembly, ran = self._project.synth(session)
            for line in ran.output.strip().splitlines():
                self._audience.line(line)
            self._audience.line(f"exit code {ran.exit_code}")
            if ran.exit_code:
                raise UserError.of(
                    "synthesis-refused",
                    "cdk synth",
                    f"exit code {ran.exit_code}",
                    "exit code 0",
                    "follow the report above",
                )
        return assembly

    def _adapt(self, session: LocalSession, assembly: Assembly) -> Assembly:
        with self._step("adapt a copy to the emulator"):
            adapted = session.adapt(assembly)
            for stack, changes in session.changes.items():
                for change in changes:
                    self._audience.line(f"{stack} {change.logical_id}: {change.what}")
        return adapted

    def _deploy(self, session: LocalSession, assembly: Assembly, plans: tuple[PipelinePlan, ...]) -> None:
        with self._step("cdk bootstrap and cdk deploy"):
            session.deploy(assembly, plans, CdkDeployer(self._project.deploying_cli(session)))
            for stack in assembly.stacks():
                self._audience.line(f"deployed {stack.name}")

    def _tell(self, scene: Scene) -> tuple[str, ...]:
        with self._step("a worker crashes; its message comes back while the other stories are told"):
            started = [story.start(scene) for story in STORIES]
        unmet: list[str] = []
        for story, begun in zip(STORIES, started, strict=True):
            with self._step(story.title):
                self._finish(story, scene, begun)
            unmet += (f"{begun.title}: {sentence}" for sentence in begun.unmet)
        self._sum_up(scene.evidence)
        return tuple(unmet)

    def _finish(self, story: Story, scene: Scene, begun: Telling) -> None:
        for text in begun.happened:
            self._audience.line(text)
        begun.listener = self._audience.line
        story.finish(scene, begun)
        for record in begun.records:
            self._audience.record(record)
            self._audience.line(f"drawn into {self._draw(record)}")
        self._audience.expectations(begun)

    def _draw(self, record: Record) -> Path:
        """Write the picture of a record's way into the checkout, where git does not see it."""
        folder = self._project.root / PICTURES
        folder.mkdir(exist_ok=True)
        file = folder / "run.svg"
        file.write_text(picture(record), encoding="utf-8")
        return file.relative_to(self._project.root)

    def _sum_up(self, evidence: Evidence) -> None:
        with self._step("what the stories have left behind"):
            for prefix in (RAW_PREFIX, QUARANTINE_PREFIX):
                self._audience.line(f"objects below {prefix}/: {len(evidence.objects(prefix))}")
            for queue in ("buffer", "dlq"):
                self._audience.line(f"messages in {evidence.plan.queue(queue).name}: {evidence.depth(queue)}")
            for name, total in sorted(evidence.metrics().items()):
                self._audience.line(f"metric {name}: {total:.0f}")
        self._audience.ledger(evidence.every_entry())

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        began = self._clock()
        self._audience.step(title)
        yield
        self._audience.done(self._clock() - began)
