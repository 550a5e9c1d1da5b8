"""A deployed pipeline by its declaration: the names of its plan, reached with the AWS settings of the shell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.errors import UserError
from constructs_lib.model.names import platform_names
from constructs_lib.operations.archive import Archive
from constructs_lib.operations.bucket import S3Objects
from constructs_lib.operations.current_contract import MASKED_CLASSES, CurrentContract
from constructs_lib.operations.dead_letters import DeadLetterQueue
from constructs_lib.operations.event_replay import EventReplayer
from constructs_lib.operations.find import Finder
from constructs_lib.operations.ledger import Ledger
from constructs_lib.operations.quarantine import Quarantine
from constructs_lib.operations.quarantine_replay import QuarantineReplayer
from constructs_lib.operations.reconcile.sources import Sources
from constructs_lib.operations.replay import Replayer
from constructs_lib.operations.schedule.checkpoint import CheckpointControl
from constructs_lib.operations.schedule.control import ScheduleControl
from constructs_lib.operations.schedule.evidence import OperatorNotes
from constructs_lib.operations.schedule.state_items import StateItems
from constructs_lib.operations.sending import Sender
from constructs_lib.operations.story.search import StorySearch
from constructs_lib.operations.story.tree import scopes_of
from constructs_lib.operations.stream_fetch import StreamFetch
from constructs_lib.operations.stream_sending import StreamSender, caller
from constructs_lib.operations.verify.verifier import Verifier
from constructs_lib.operations.workflow.approval import ApprovalDesk
from constructs_lib.operations.workflow.executions import Executions
from constructs_lib.operations.workflow.redrive import Redriver
from functions.contract.environment import ContractSettings, Variable
from functions.contract.workflow import WorkflowSettings

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from constructs_lib.model.fan_out import WorkerPlan
    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.model.state_machine import StateMachinePlan

ALIAS = "live"
"""The alias of a function that records go to."""
CALL_MARGIN = 10
"""Seconds that an operator waits for an answer beyond the function's timeout."""


@dataclass(frozen=True)
class Deployed:
    """A pipeline in the account and region of ``session``."""

    plan: PipelinePlan
    session: boto3.Session

    @classmethod
    def of(cls, declaration: Path, *, stage: str, platform: str, catalog: Path | None = None) -> Deployed:
        """Return the pipeline of a declaration in a stage of a platform; ``catalog`` stands in for the pinned one.

        Raises:
            DeclarationError: the declaration is faulty.
        """
        names = platform_names(platform, stage)
        known = load_catalog(path=catalog) if catalog else None
        plan = plan_pipeline(load_pipeline(declaration, catalog=known), stage=stage, platform=names, catalog=known)
        return cls(plan, boto3.Session())

    def ledger(self) -> Ledger:
        """Return the pipeline's part of the ledger."""
        return Ledger(self.session.client("dynamodb"), self.plan.platform.ledger_table, self.plan.pipeline)

    def archive(self) -> Archive:
        """Return the pipeline's part of the archive."""
        bucket = self.resolve(self.plan.platform.evidence_bucket)
        return Archive(S3Objects(self.session.client("s3"), bucket), self.plan.pipeline)

    def finder(self) -> Finder:
        """Return a finder over table and archive."""
        return Finder(self.ledger(), self.archive())

    def verifier(self, now: datetime) -> Verifier:
        """Return a verifier of table and archive as of a time."""
        return Verifier(self.ledger(), self.archive(), now, timedelta(seconds=self._retention()))

    def sources(self, now: datetime) -> Sources:
        """Return what a reconciliation as of a time looks at."""
        return Sources(self.plan, self.session, self.archive(), now)

    def stories(self, now: datetime) -> StorySearch:
        """Return a search for the stories of records."""
        region = self.session.client("dynamodb").meta.region_name
        steps = self.plan.state_machine.steps if self.plan.state_machine else ()
        ledger = self.ledger()
        return StorySearch(ledger, self.archive(), region, now, scopes_of(steps), ledger)

    def resolve(self, text: str) -> str:
        """Return a text of the plan with account and region of the credentials in place of pseudo parameters."""
        if "${AWS::AccountId}" in text:
            text = text.replace("${AWS::AccountId}", self.session.client("sts").get_caller_identity()["Account"])
        here = self.session.client("s3").meta
        return text.replace("${AWS::Region}", here.region_name).replace("${AWS::Partition}", here.partition)

    def replayer(self) -> Replayer:
        """Return a replayer of dead letters on behalf of whoever the credentials belong to.

        Raises:
            UserError: ``replay-without-queue``.
        """
        sender = self.sender()
        groups = self._queue_url("groups") if any(queue.id == "groups" for queue in self.plan.queues) else ""
        letters = DeadLetterQueue(self.session.client("sqs"), self._queue_url("dlq"))
        return Replayer(letters, sender, self.plan.stage, groups)

    def replayers(self, worker: str | None = None) -> tuple[Replayer, ...]:
        """Return a replayer of each dead-letter queue: a worker's letters go back to that worker alone.

        Args:
            worker: only that worker's; all when absent, those of the records themselves first.

        Raises:
            UserError: ``replay-without-queue`` or ``worker-unknown``.
        """
        workers = self.plan.fan_out.workers if self.plan.fan_out else ()
        if worker is not None and worker not in {one.name for one in workers}:
            allowed = ", ".join(one.name for one in workers) or f"none: {self.plan.pipeline} has no fan_out"
            raise UserError.of("worker-unknown", "--worker", f"{worker!r} is no worker", allowed, "name one of them")
        theirs = tuple(self._replayer_of(one) for one in workers if worker in {None, one.name})
        return theirs if worker else (self.replayer(), *theirs)

    def _replayer_of(self, worker: WorkerPlan) -> Replayer:
        letters = DeadLetterQueue(self.session.client("sqs"), self._queue_url(worker.dead_letter_queue))
        sender = Sender(buffer_url=self._queue_url(worker.queue), **self._known())
        return Replayer(letters, sender, self.plan.stage)

    def quarantine_replayer(self) -> QuarantineReplayer:
        """Return a replayer of quarantined records, which asks the declaration's contract first.

        Raises:
            UserError: ``replay-without-queue``.
        """
        return QuarantineReplayer(
            quarantine=Quarantine(self.session.client("s3")),
            contract=CurrentContract.of(self.plan.contract, hides_values=self.plan.data_class in MASKED_CLASSES),
            sender=self.sender(),
        )

    def sender(self) -> Sender:
        """Return who sends records again, on behalf of whoever the credentials belong to.

        They go to the buffer, or where there is none because they come from a stream, to the runner itself.
        """
        if not self.plan.queues:
            found = f"{self.plan.pipeline} answers its requests and has no queue"
            fix = "whoever sent the request was told what is wrong, and sends it again"
            raise UserError.of("replay-without-queue", "source.mode", found, "a pipeline with a queue", fix)
        known = self._known()
        if not self.plan.streams:
            return Sender(buffer_url=self._queue_url("buffer"), **known)
        function = self.plan.function(self.plan.runner)
        patient = Config(read_timeout=function.timeout + CALL_MARGIN, retries={"total_max_attempts": 1})
        call = caller(self.session.client("lambda", config=patient), function.name, ALIAS)
        return StreamSender(buffer_url="", call=call, fetch=StreamFetch(self._any_client), **known)

    def _known(self) -> dict[str, Any]:
        """Return what every sender needs: where queue and ledger are, and who is asking."""
        return {
            "sqs": self.session.client("sqs"),
            "ledger": self.ledger(),
            "operator": str(self.session.client("sts").get_caller_identity()["Arn"]),
            "ledger_retention": self._retention(),
        }

    def _any_client(self, service: str) -> Any:
        client: Any = self.session.client
        return client(service)

    def event_replayer(self) -> EventReplayer:
        """Return a replayer of archived events on behalf of whoever the credentials belong to."""
        return EventReplayer(
            plan=self.plan,
            events=self.session.client("events"),
            ledger=self.ledger(),
            operator=str(self.session.client("sts").get_caller_identity()["Arn"]),
            resolve=self.resolve,
            ledger_retention=self._retention(),
        )

    def schedule(self) -> ScheduleControl:
        """Return the schedule, on behalf of whoever the credentials belong to."""
        return ScheduleControl(self._any_client("scheduler"), self._state_items(), self._notes())

    def checkpoint(self) -> CheckpointControl:
        """Return the cursor of a pull, on behalf of whoever the credentials belong to."""
        return CheckpointControl(self._state_items(), self._notes())

    def redriver(self) -> Redriver:
        """Return who lets runs of the workflow go on, on behalf of whoever the credentials belong to.

        Raises:
            UserError: ``workflow-missing``, or ``workflow-express`` where executions are not kept.
        """
        return Redriver(
            executions=self._executions(),
            ledger=self.ledger(),
            letters=DeadLetterQueue(self.session.client("sqs"), self._queue_url("dlq")),
            operator=str(self.session.client("sts").get_caller_identity()["Arn"]),
            ledger_retention=self._retention(),
        )

    def approvals(self) -> ApprovalDesk:
        """Return the gates of the workflow, on behalf of whoever the credentials belong to.

        Raises:
            UserError: ``workflow-missing``.
        """
        self._require_workflow()
        return ApprovalDesk(self._any_client("stepfunctions"), self._state_items(), self._notes())

    def _require_workflow(self) -> StateMachinePlan:
        if self.plan.state_machine is None:
            found = f"{self.plan.pipeline} has no workflow"
            raise UserError.of("workflow-missing", "workflow", found, "a workflow", "name another declaration")
        return self.plan.state_machine

    def _executions(self) -> Executions:
        """Ask the function that starts executions which state machine it starts."""
        if self._require_workflow().type == "EXPRESS":
            found, fix = (
                "executions of an express workflow are not kept",
                "pipelines replay sends its dead letter again",
            )
            raise UserError.of("workflow-express", "workflow.type", found, "a standard workflow", fix)
        settings = WorkflowSettings.from_json(self._deployed_variable(Variable.WORKFLOW) or "{}")
        return Executions(self._any_client("stepfunctions"), settings.state_machine)

    def _state_items(self) -> StateItems:
        return StateItems(self.session.client("dynamodb"), self.plan.platform.state_table)

    def _notes(self) -> OperatorNotes:
        operator = str(self.session.client("sts").get_caller_identity()["Arn"])
        return OperatorNotes(self.plan, self.ledger(), operator, self._retention())

    def require_current_contract(self) -> None:
        """Raise ``UserError`` when the runner that is deployed checks records against another schema."""
        function = self.plan.function(self.plan.runner).name
        text = self._deployed_variable(Variable.CONTRACT)
        deployed = ContractSettings.from_json(text).schema_hash if text else None
        current = self.plan.contract.schema_hash if self.plan.contract else None
        if deployed != current:
            found = f"{function} checks against schema {_shown(deployed)}, the declaration says {_shown(current)}"
            fix = "deploy the pipeline first; --dry-run shows before that what would be replayed"
            raise UserError.of("contract-not-deployed", "contract", found, "one schema in both", fix)

    def _deployed_variable(self, name: str) -> str | None:
        """Return an environment variable of the runner as it is deployed."""
        function = self.plan.function(self.plan.runner).name
        answer = self.session.client("lambda").get_function_configuration(FunctionName=function, Qualifier=ALIAS)
        return answer.get("Environment", {}).get("Variables", {}).get(name)

    def _queue_url(self, queue_id: str) -> str:
        return self.session.client("sqs").get_queue_url(QueueName=self.plan.queue(queue_id).name)["QueueUrl"]

    def _retention(self) -> int:
        variables = self.plan.function(self.plan.runner).environment
        return next(int(variable.value) for variable in variables if variable.name == Variable.LEDGER_RETENTION)


def _shown(schema_hash: str | None) -> str:
    return schema_hash[:12] if schema_hash else "none"
