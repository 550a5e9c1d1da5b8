"""A folder of declarations on the embedded AWS: planned, governed, deployed, and ready for events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.folder import load_pipelines
from constructs_lib.declaration.sharing import by_stack
from constructs_lib.local.assembly import Assembly
from constructs_lib.local.project import PLATFORM, STAGE
from constructs_lib.local.workflow_runs import WorkflowRuns
from constructs_lib.model.names import platform_names
from functions.contract.identity import run_token
from functions.contract.ticks import ATTEMPT, EXECUTION_ID, SCHEDULED_TIME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.reconcile.reconciliation import Reconciliation
    from constructs_lib.operations.replay import Selection

SETTLED_AFTER = timedelta(minutes=3)
"""Entries younger than two minutes may not be archived yet."""


@dataclass(frozen=True)
class Trial:
    """The pipelines of one folder, deployed in an account of their own."""

    session: LocalSession
    plans: Mapping[str, PipelinePlan]
    """By the pipelines' names."""

    @classmethod
    def of(cls, folder: Path, session: LocalSession, work: Path, callback_scale: float = 1.0) -> Self:
        """Deploy the declarations of a folder into the emulator, which is emptied first; ``work`` takes the assembly.

        ``callback_scale`` is multiplied with the time that workflows wait for an answer from outside: approvals, jobs.

        Raises:
            UserError: a declaration cannot be planned, or a deployment fails.
            SystemExit: governance found something; the report is its message.
        """
        declarations = load_pipelines(folder)
        names = platform_names(PLATFORM, STAGE)
        plans = tuple(plan_pipeline(declaration, stage=STAGE, platform=names) for declaration in declarations)
        synthesise(declarations, work / "cdk.out")
        adapted, changes = Assembly(work / "cdk.out").adapted(work / "adapted", callback_scale)
        session.reset()
        session.changes = changes
        session.deploy(adapted, plans)
        return cls(session, {plan.pipeline: plan for plan in plans})

    def client(self, service: str) -> Any:
        """Return a client of one AWS service with the account's root credentials."""
        return self.session.aws.client(service)

    def resolve(self, text: str) -> str:
        """Return a name or an ARN of a plan with account and region in it."""
        return self.session.aws.resolve(text)

    def operator(self, pipeline: str) -> Deployed:
        """Return a pipeline as the operators' commands reach it."""
        return self.session.deployed(self.plans[pipeline])

    def replay(self, pipeline: str, selection: Selection | None = None, worker: str | None = None) -> int:
        """Replay the chosen dead letters of a pipeline or of one worker, or all; return how many there were."""
        from constructs_lib.operations.replay import Selection as Everything
        from constructs_lib.operations.replay import replay_every

        replayers = self.operator(pipeline).replayers(worker)
        return sum(1 for _ in replay_every(replayers, selection or Everything()))

    def reconcile(self, pipeline: str) -> Reconciliation:
        """Archive what the ledger holds, and return what ``pipelines ledger reconcile`` will say in three minutes.

        As of then everything must have come to something, so nothing counts as in flight for being young.
        """
        from constructs_lib.local.ledger_stream import LedgerStream
        from constructs_lib.operations.window import Window, utc_now

        LedgerStream(self.session.aws, self.plans[pipeline].platform).catch_up()
        now = utc_now() + SETTLED_AFTER
        return self.operator(pipeline).sources(now).reconcile(Window.of(None, None, now), None, objects=True)

    def tick(self, pipeline: str, at: str) -> str:
        """Send a tick of a pipeline's schedule, as Scheduler would at that time, and return its run token."""
        template = self.plans[pipeline].schedule
        if template is None:
            raise ValueError(f"{pipeline} has no schedule")
        text = template.text.replace(SCHEDULED_TIME, at).replace(EXECUTION_ID, at).replace(ATTEMPT, "1")
        url = self.evidence(pipeline).queue_url("buffer")
        self.client("sqs").send_message(QueueUrl=url, MessageBody=text)
        return self.tick_token(pipeline, at)

    def tick_token(self, pipeline: str, at: str, page: int = 1) -> str:
        """Return the run token of a tick, or of a later page of the pull that it begins."""
        return run_token(pipeline, (at, page))

    def evidence(self, pipeline: str) -> Evidence:
        """Return what a pipeline has left behind so far."""
        return self.session.evidence(self.plans[pipeline])

    def runs(self, pipeline: str) -> WorkflowRuns:
        """Return the runs of a pipeline's workflow so far."""
        return WorkflowRuns(self.session.aws, self.evidence(pipeline))

    def send(self, pipeline: str, *records: Any) -> None:
        """Put records into the buffer of a pipeline whose source is a queue."""
        url = self.evidence(pipeline).queue_url("buffer")
        for record in records:
            self.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(record))


def synthesise(declarations: tuple[PipelineDeclaration, ...], output: Path, target: str = "host") -> None:
    """Synthesise an app of these pipelines under every rule and both packs; bundles are for this machine, or Lambda."""
    from aws_cdk import App

    from constructs_lib.governance.attach import govern, synthesize
    from constructs_lib.patterns import PipelineStack, PlatformStack
    from constructs_lib.patterns.bundling import Bundler, BundleTarget

    app, bundler = App(outdir=str(output)), Bundler(BundleTarget(target))
    platform = PlatformStack(app, f"platform-{STAGE}", stage=STAGE, bundler=bundler).platform
    for name, group in by_stack(declarations).items():
        PipelineStack(app, f"{name}-{STAGE}", group, platform=platform, bundler=bundler)
    govern(app)
    synthesize(app)
