"""The platform's own functions: one archives what the ledger's stream tells, one seals the days of the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition.alarms import MINUTE, Responder, lambda_alarm
from constructs_lib.composition.grants import at_deployment, key_grant, telemetry_grants
from constructs_lib.composition.powertools import powertools
from constructs_lib.model.functions import CodePlan, Condition, FunctionPlan, Grant, Variable
from constructs_lib.model.names import bucket_arn, objects_arn, stream_arn
from constructs_lib.model.plan import AlarmPlan, PlatformNames
from functions.contract.archive import LEDGER_PREFIX, SEAL_PREFIX
from functions.contract.environment import Variable as Name
from functions.contract.metric import NAMESPACE, PIPELINE_DIMENSION, SERVICE_DIMENSION, EvidenceMetric

if TYPE_CHECKING:
    from collections.abc import Iterator

ARCHIVE = "archive_ledger"
SEAL = "seal_ledger"
HOUR = 60 * MINUTE
LATE_MILLISECONDS = 1000 * HOUR
"""Age of the oldest entry that is not archived: the stream keeps it for 24 hours."""
UNSEALED_PERIODS = 5
"""Of six hours each, without a run of the sealing function: more than a day."""
RESPONDER = Responder(owner="the platform's owner", runbook="docs/runbook.md")


def evidence_functions(names: PlatformNames) -> tuple[FunctionPlan, FunctionPlan]:
    """Return the archiving and the sealing function."""
    archive = _function(
        names,
        ARCHIVE,
        "Archives the entries of the ledger as its stream tells them.",
        memory=512,
        timeout=120,
        grants=(_read_stream(names), _add(names, LEDGER_PREFIX)),
    )
    seal = _function(
        names,
        SEAL,
        "Seals each day of the ledger's archive that is over.",
        memory=1024,
        timeout=900,
        grants=(*_read_archive(names), _add(names, SEAL_PREFIX)),
    )
    return archive, seal


def evidence_alarms(archive: FunctionPlan, seal: FunctionPlan, platform: str) -> Iterator[AlarmPlan]:
    """Yield the alarms that go off when a metric says so; a run that is missing is ``missing_run``."""
    tampered = "An item of the ledger was changed, removed, or inserted without being an entry."
    yield _counted(archive, platform, "tampered", EvidenceMetric.TAMPERED, tampered)
    failing = "Entries cannot be archived; the stream tells them again for 24 hours."
    yield _counted(archive, platform, "not-archived", EvidenceMetric.NOT_ARCHIVED, failing)
    yield _of_lambda(archive, "errors", "Errors", "Batches of the ledger's stream fail as a whole.")
    late = "Entries have waited for an hour to be archived; after 24 hours the stream forgets them."
    yield _of_lambda(archive, "late", "IteratorAge", late, statistic="Maximum", threshold=LATE_MILLISECONDS)
    yield _of_lambda(seal, "errors", "Errors", "A day of the archive has no seal, or cannot be read.")


def missing_run(seal: FunctionPlan) -> AlarmPlan:
    """Return the alarm for a sealing function that nobody starts: what tells is that its metric stays without data."""
    return AlarmPlan(
        id=f"{seal.id}-missing",
        name=f"{seal.name}-missing",
        description=RESPONDER.describe("The ledger's archive was not sealed for more than a day."),
        namespace="AWS/Lambda",
        metric="Invocations",
        dimensions=(Variable(name="FunctionName", value=seal.name),),
        statistic="Sum",
        period=6 * HOUR,
        evaluation_periods=UNSEALED_PERIODS,
        threshold=1,
        comparison="LessThanThreshold",
    )


def _function(
    names: PlatformNames, id: str, description: str, *, memory: int, timeout: int, grants: tuple[Grant, ...]
) -> FunctionPlan:
    name = f"{names.platform}-{names.stage}-{id.replace('_', '-')}"
    key = (key_grant(at_deployment(names.key_parameter)),) if names.key_parameter else ()
    return FunctionPlan(
        id=id,
        name=name,
        description=description,
        handler=f"functions.{id}.handler.handler",
        code=CodePlan(origin="platform"),
        memory=memory,
        timeout=timeout,
        environment=(
            Variable(name=Name.PLATFORM, value=names.platform),
            Variable(name=Name.STAGE, value=names.stage),
            Variable(name=Name.EVIDENCE_BUCKET, value=names.evidence_bucket),
            *powertools(name, "INFO", tracing=True),
        ),
        grants=(*grants, *telemetry_grants(name, tracing=True), *key),
    )


def _read_stream(names: PlatformNames) -> Grant:
    calls = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    return Grant(
        sid="ReadStream",
        actions=tuple(f"dynamodb:{call}" for call in calls),
        resources=(stream_arn(names.ledger_table),),
        needed_by="ledger",
    )


def _add(names: PlatformNames, prefix: str) -> Grant:
    return Grant(
        sid="AddEvidence",
        actions=("s3:PutObject",),
        resources=(objects_arn(names.evidence_bucket, f"{prefix}/*"),),
        needed_by="ledger",
    )


def _read_archive(names: PlatformNames) -> Iterator[Grant]:
    below = tuple(f"{prefix}/*" for prefix in (LEDGER_PREFIX, SEAL_PREFIX))
    yield Grant(
        sid="ListEvidence",
        actions=("s3:ListBucket",),
        resources=(bucket_arn(names.evidence_bucket),),
        conditions=(Condition(operator="StringLike", key="s3:prefix", values=below),),
        needed_by="ledger",
    )
    yield Grant(
        sid="ReadEvidence",
        actions=("s3:GetObject",),
        resources=tuple(objects_arn(names.evidence_bucket, pattern) for pattern in below),
        needed_by="ledger",
    )


def _counted(function: FunctionPlan, platform: str, id: str, metric: EvidenceMetric, meaning: str) -> AlarmPlan:
    return AlarmPlan(
        id=f"{function.id}-{id}",
        name=f"{function.name}-{id}",
        description=RESPONDER.describe(meaning),
        namespace=NAMESPACE,
        metric=metric.value,
        dimensions=(
            Variable(name=SERVICE_DIMENSION, value=function.name),
            Variable(name=PIPELINE_DIMENSION, value=platform),
        ),
        statistic="Sum",
        period=MINUTE,
        evaluation_periods=1,
        threshold=1,
    )


def _of_lambda(
    function: FunctionPlan, id: str, metric: str, meaning: str, statistic: str = "Sum", threshold: float = 1
) -> AlarmPlan:
    return lambda_alarm(
        f"{function.id}-{id}",
        f"{function.name}-{id}",
        function,
        metric,
        RESPONDER.describe(meaning),
        statistic=statistic,
        threshold=threshold,
    )
