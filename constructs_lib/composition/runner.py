"""The function that runs the user's handler: its size, environment, grants and code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.composition import grants
from constructs_lib.composition.powertools import powertools
from constructs_lib.composition.queues import BUFFER, DEAD_LETTERS
from constructs_lib.composition.tenants import tenant_settings
from constructs_lib.model.functions import CodePlan, FunctionPlan, Grant, Variable
from constructs_lib.model.plan import ContractPlan, RequestPlan
from constructs_lib.model.resources import BundledFile
from constructs_lib.model.timings import default_claim_ttl
from functions.contract.bundle import CONTRACT_FILE, PARAMETERS_FILE, RESPONSE_FILE
from functions.contract.environment import (
    ContractSettings,
    IdempotencySettings,
    RequestSettings,
    RetrySettings,
    dump_outputs,
    dump_stores,
)
from functions.contract.environment import Variable as Name
from functions.contract.identity import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from constructs_lib.composition.sizing import Sizing
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.contribution import Contribution
    from constructs_lib.model.intake import QueuePlan
    from constructs_lib.model.plan_context import PlanContext

MODES = {"queue": "", "answer": "sync", "stream": "stream"}
"""What the runtime is told of each way in which records reach it; the first is its default."""


def plan_runner(
    declaration: PipelineDeclaration,
    context: PlanContext,
    sizing: Sizing,
    contributions: tuple[Contribution, ...],
    contract: ContractPlan | None,
    queues: tuple[QueuePlan, ...],
    *,
    request: RequestPlan,
) -> FunctionPlan:
    """Return the runner; below a queue its cap is the mapping's, and it reserves no concurrency of the account.

    A stream is read by as many at once as it has shards: there, and where callers wait, the cap is what is reserved.
    """
    runner = declaration.taker
    variables: tuple[Variable, ...] = (
        *_identity(declaration, context),
        *behaviour(declaration, contract, queues, kept=_kept(contributions, queues)),
        *_schemas(request),
        *_places(declaration, context, queues),
        *(variable for part in contributions for variable in part.runner_environment),
        *(Variable(name=name, value=value) for name, value in sorted(runner.environment.items())),
    )
    return FunctionPlan(
        id=runner.function_id(),
        name=context.name(runner.function_id().replace("_", "-")),
        description=f"Runs {runner.handler} for the pipeline {declaration.pipeline}.",
        handler=runner.handler.replace(":", "."),
        code=_code(declaration),
        memory=sizing.memory,
        timeout=sizing.timeout,
        reserved_concurrency=None if declaration.source.delivery() == "queue" else sizing.max_concurrency,
        environment=variables,
        grants=tuple(_grants(declaration, context, contributions, queues)),
        tracing=context.tracing,
        log_retention_days=context.log_retention_days,
        network=context.network,
    )


def telemetry(function_name: str, context: PlanContext) -> tuple[Variable, ...]:
    """Return what Powertools reads in every function of a pipeline."""
    return powertools(function_name, context.log_level, tracing=context.tracing)


def _code(declaration: PipelineDeclaration) -> CodePlan:
    runner, base = declaration.taker, Path(declaration.directory)
    if declaration.runner is None:
        return CodePlan(origin="platform")
    return CodePlan(
        origin="user",
        directory=str((base / runner.code).resolve()),
        package=runner.package(),
        requirements=str((base / runner.requirements).resolve()) if runner.requirements else None,
        files=tuple(
            BundledFile(place=place, source=str((base / file).resolve()))
            for output in declaration.outputs
            for place, file in output.files().items()
        ),
    )


def _identity(declaration: PipelineDeclaration, context: PlanContext) -> Iterable[Variable]:
    yield Variable(name=Name.PIPELINE, value=declaration.pipeline)
    yield Variable(name=Name.STAGE, value=context.stage)
    yield Variable(name=Name.DATA_CLASS, value=declaration.data_class)
    yield Variable(name=Name.MANIFEST_HASH, value=context.manifest_hash)
    yield Variable(name=Name.SOURCE, value=declaration.source.type)
    if options := declaration.source.options(context):
        yield Variable(name=Name.SOURCE_OPTIONS, value=canonical_json(options))
    if declaration.source.ordered() or declaration.fifo:
        yield Variable(name=Name.ORDERED, value="true")


def claim_ttl(declaration: PipelineDeclaration) -> timedelta:
    """Return how long a record is remembered."""
    queue = declaration.queue
    return declaration.idempotency.ttl or default_claim_ttl(queue.retention_period, queue.dlq.retention_period)


def _identified(declaration: PipelineDeclaration, ttl: timedelta) -> Variable:
    key = declaration.idempotency.key or declaration.source.natural_key() or ()
    settings = IdempotencySettings(key=key, ttl_seconds=int(ttl.total_seconds()))
    return Variable(name=Name.IDEMPOTENCY, value=settings.to_json())


def behaviour(
    declaration: PipelineDeclaration,
    contract: ContractPlan | None,
    queues: tuple[QueuePlan, ...],
    *,
    kept: int,
    ttl: timedelta | None = None,
) -> Iterable[Variable]:
    """Yield what every function is told that works on records: tenants, identity, retries, the contract.

    ``ttl`` is how long it remembers them, where that is not as long as the declaration says of records.
    """
    retry, buffer = declaration.retry, _by_id(queues, BUFFER)
    yield Variable(name=Name.TENANT, value=tenant_settings(declaration).to_json())
    yield _identified(declaration, ttl or claim_ttl(declaration))
    yield Variable(
        name=Name.RETRY,
        value=RetrySettings(
            max_attempts=retry.max_attempts,
            interval_seconds=retry.interval.total_seconds(),
            backoff_rate=retry.backoff_rate,
            max_delay_seconds=retry.max_delay.total_seconds(),
            jitter=retry.jitter,
            errors=retry.errors,
            max_receive_count=(buffer.max_receive_count if buffer else None) or 0,
            keep_seconds=kept,
        ).to_json(),
    )
    if contract is not None:
        yield Variable(
            name=Name.CONTRACT,
            value=ContractSettings(
                id=contract.id,
                version=contract.version,
                schema_hash=contract.schema_hash,
                file=CONTRACT_FILE if contract.schema_file else "",
                on_invalid=contract.on_invalid,
                on_drift=contract.on_drift,
            ).to_json(),
        )


def _schemas(request: RequestPlan) -> Iterable[Variable]:
    if request != RequestPlan():
        settings = RequestSettings(
            parameters=PARAMETERS_FILE if request.parameters_file else "",
            response=RESPONSE_FILE if request.response_file else "",
        )
        yield Variable(name=Name.REQUEST, value=settings.to_json())


def _kept(contributions: tuple[Contribution, ...], queues: tuple[QueuePlan, ...]) -> int:
    """Return after how many seconds a record is no longer handed over; 0 where an existing queue does not say."""
    for stream in (stream for part in contributions for stream in part.streams):
        return stream.max_record_age
    buffer = _by_id(queues, BUFFER)
    return buffer.retention_period if buffer and not buffer.existing else 0


def _places(
    declaration: PipelineDeclaration, context: PlanContext, queues: tuple[QueuePlan, ...]
) -> Iterable[Variable]:
    platform = context.platform
    yield from _written_and_used(declaration, context)
    yield Variable(name=Name.SECRETS, value=canonical_json(list(declaration.taker.secrets)))
    mode = "read" if declaration.source.reads() else MODES[declaration.source.delivery()]
    if mode:
        yield Variable(name=Name.MODE, value=mode)
    for variable, queue in ((Name.QUEUE_URL, _by_id(queues, BUFFER)), (Name.DLQ_URL, _by_id(queues, DEAD_LETTERS))):
        if queue:
            yield Variable(name=variable, value=queue.url)
    yield Variable(name=Name.STATE_TABLE, value=platform.state_table)
    yield Variable(name=Name.LEDGER_TABLE, value=platform.ledger_table)
    yield Variable(name=Name.LEDGER_RETENTION, value=str(int(declaration.ledger.retention.total_seconds())))
    yield Variable(name=Name.RAW_BUCKET, value=platform.raw_bucket)
    yield Variable(name=Name.EVENT_BUS, value=platform.event_bus)


def _written_and_used(declaration: PipelineDeclaration, context: PlanContext) -> Iterable[Variable]:
    """Yield outputs and stores; where the platform's own function takes records, others write and use them."""
    if declaration.runner is None:
        yield Variable(name=Name.OUTPUTS, value=dump_outputs(()))
        return
    outputs = tuple(output.settings(context) for output in declaration.outputs)
    yield Variable(name=Name.OUTPUTS, value=dump_outputs(outputs))
    stores = (*declaration.source.stores(context), *(store.settings(context) for store in declaration.stores))
    if stores:
        yield Variable(name=Name.STORES, value=dump_stores(stores))


def _grants(
    declaration: PipelineDeclaration,
    context: PlanContext,
    contributions: tuple[Contribution, ...],
    queues: tuple[QueuePlan, ...],
) -> Iterable[Grant]:
    yield from grants.table_grants(declaration.pipeline, context.platform, claims=not declaration.source.reads())
    buffer, dead_letters = _by_id(queues, BUFFER), _by_id(queues, DEAD_LETTERS)
    if buffer:
        yield grants.take_grant(buffer)
    if dead_letters:
        yield grants.give_up_grant(dead_letters)
        yield grants.quarantine_grant(declaration.pipeline, context.platform)
    yield grants.event_grant(context.platform)
    own = declaration.runner is not None
    for part in contributions:
        yield from part.runner_grants
        yield from part.store_grants if own else ()
    yield from grants.secret_grants(declaration.taker.secrets)


def _by_id(queues: tuple[QueuePlan, ...], wanted: str) -> QueuePlan | None:
    return next((queue for queue in queues if queue.id == wanted), None)
