"""A deployed pipeline by its declaration: the names of its plan, reached with the AWS settings of the shell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import boto3

from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.model.names import platform_names
from constructs_lib.operations.archive import Archive
from constructs_lib.operations.bucket import S3Objects
from constructs_lib.operations.dead_letters import DeadLetterQueue
from constructs_lib.operations.find import Finder
from constructs_lib.operations.ledger import Ledger
from constructs_lib.operations.reconcile.sources import Sources
from constructs_lib.operations.replay import Replayer
from constructs_lib.operations.verify.verifier import Verifier
from functions.contract.environment import Variable

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from constructs_lib.model.plan import PipelinePlan


@dataclass(frozen=True)
class Deployed:
    """A pipeline in the account and region of ``session``."""

    plan: PipelinePlan
    session: boto3.Session

    @classmethod
    def of(cls, declaration: Path, *, stage: str, platform: str) -> Deployed:
        """Return the pipeline of a declaration in a stage of a platform.

        Raises:
            DeclarationError: the declaration is faulty.
        """
        names = platform_names(platform, stage)
        plan = plan_pipeline(load_pipeline(declaration), stage=stage, platform=names)
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
        variables = self.plan.function(self.plan.runner).environment
        kept = next(int(variable.value) for variable in variables if variable.name == Variable.LEDGER_RETENTION)
        return Verifier(self.ledger(), self.archive(), now, timedelta(seconds=kept))

    def sources(self, now: datetime) -> Sources:
        """Return what a reconciliation as of a time looks at."""
        return Sources(self.plan, self.session, self.archive(), now)

    def resolve(self, text: str) -> str:
        """Return a text of the plan with account and region of the credentials in place of pseudo parameters."""
        if "${AWS::AccountId}" in text:
            text = text.replace("${AWS::AccountId}", self.session.client("sts").get_caller_identity()["Account"])
        return text.replace("${AWS::Region}", self.session.client("s3").meta.region_name)

    def replayer(self) -> Replayer:
        """Return a replayer on behalf of whoever the credentials belong to."""
        sqs = self.session.client("sqs")
        urls = {queue.id: sqs.get_queue_url(QueueName=queue.name)["QueueUrl"] for queue in self.plan.queues}
        return Replayer(
            sqs=sqs,
            buffer_url=urls["buffer"],
            groups_url=urls.get("groups", ""),
            dead_letters=DeadLetterQueue(sqs, urls["dlq"]),
            ledger=self.ledger(),
            operator=str(self.session.client("sts").get_caller_identity()["Arn"]),
            stage=self.plan.stage,
        )
