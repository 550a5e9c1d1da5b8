"""The function of each worker: its own size and role, and exactly the outputs, stores and secrets that it names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.composition import grants
from constructs_lib.composition.fan_out.handing import large_parts
from constructs_lib.composition.fan_out.queues import letters_of, queue_of, timeout_of
from constructs_lib.composition.reach import reach_of
from constructs_lib.model.functions import CodePlan, FunctionPlan, Variable
from constructs_lib.model.handler_path import package_of
from constructs_lib.model.timings import default_claim_ttl
from functions.contract.environment import IdempotencySettings, RetrySettings, TenantSettings
from functions.contract.environment import Variable as Name
from functions.contract.identity import canonical_json
from functions.contract.share import PART_SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalog import Catalog
    from constructs_lib.composition.reach import Reach
    from constructs_lib.declaration.fan_out import FanOut, Worker
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.functions import Grant
    from constructs_lib.model.intake import QueuePlan
    from constructs_lib.model.plan_context import PlanContext

SHARED = (
    Name.PIPELINE,
    Name.STAGE,
    Name.DATA_CLASS,
    Name.MANIFEST_HASH,
    Name.STATE_TABLE,
    Name.LEDGER_TABLE,
    Name.LEDGER_RETENTION,
    Name.RAW_BUCKET,
    Name.EVENT_BUS,
)
"""Variables that a worker has as the function that shares records out has them."""
OF_EVERY_FUNCTION = ("Claims", "Ledger", "SendDeadLetters", "Quarantine", "Events")
"""Grants that the function which joins results has as the one that shares records out."""
PART_KEY = ("share.token", "share.worker", "share.number")
"""What makes two parts the same: whose, for whom, and which of several."""


class Workers:
    """The functions of all workers of one pipeline."""

    def __init__(
        self,
        declaration: PipelineDeclaration,
        fan_out: FanOut,
        context: PlanContext,
        catalog: Catalog,
        queues: tuple[QueuePlan, ...],
    ) -> None:
        """``queues`` are those of the workers, at least."""
        self._declaration = declaration
        self._fan_out = fan_out
        self._context = context
        self._catalog = catalog
        self._queues = {queue.id: queue for queue in queues}

    def plans(self, sharing: FunctionPlan) -> tuple[FunctionPlan, ...]:
        """Return the workers' functions; ``sharing`` is the one that shares records out."""
        return tuple(self._plan(worker, sharing) for worker in self._fan_out.workers)

    def _plan(self, worker: Worker, sharing: FunctionPlan) -> FunctionPlan:
        reach = reach_of(
            self._declaration, self._context, outputs=worker.outputs, stores=worker.stores, secrets=worker.secrets
        )
        context = self._context
        return FunctionPlan(
            id=worker.function_id(),
            name=context.name(worker.name),
            description=f"Works as {worker.name} on parts of the pipeline {context.pipeline} by {worker.handler}.",
            handler=worker.handler.replace(":", "."),
            code=self.code(worker.handler, reach),
            memory=self._catalog.sizes[worker.size].memory,
            timeout=timeout_of(worker, self._catalog),
            environment=tuple(self._environment(worker, sharing, reach)),
            grants=tuple(self._grants(worker, reach)),
            tracing=context.tracing,
            log_retention_days=context.log_retention_days,
            network=context.network,
        )

    def joining(self, sharing: FunctionPlan, handler: str) -> FunctionPlan:
        """Return what the function that joins results is made of: all outputs and stores, and no secret."""
        declared = self._declaration
        outputs, stores = (tuple(one.called for one in declared.outputs), tuple(one.name for one in declared.stores))
        reach = reach_of(declared, self._context, outputs=outputs, stores=stores, secrets=())
        known = [one for one in sharing.environment if one.name in (*SHARED, Name.RETRY, Name.TENANT, Name.DLQ_URL)]
        granted = [grant for grant in sharing.grants if grant.sid in OF_EVERY_FUNCTION]
        return sharing.model_copy(
            update={
                "code": self.code(handler, reach),
                "environment": (*known, *reach.environment),
                "grants": (*granted, large_parts(self._context, "s3:GetObject"), *reach.grants),
                "reserved_concurrency": None,
            }
        )

    def code(self, handler: str, reach: Reach) -> CodePlan:
        """Return where the code of a handler comes from."""
        base, fan_out = Path(self._declaration.directory), self._fan_out
        return CodePlan(
            origin="user",
            directory=str((base / fan_out.code).resolve()),
            package=package_of(handler),
            requirements=str((base / fan_out.requirements).resolve()) if fan_out.requirements else None,
            files=reach.files,
        )

    def _environment(self, worker: Worker, sharing: FunctionPlan, reach: Reach) -> Iterator[Variable]:
        known = {variable.name: variable.value for variable in sharing.environment}
        for name in SHARED if self._fan_out.items else (*SHARED, Name.CONTRACT):
            if name in known:
                yield Variable(name=name, value=known[name])
        queue = self._queues[queue_of(worker)]
        tenant = TenantSettings.from_json(known[Name.TENANT])
        named = replace(tenant, key="share.tenant" if tenant.key else None)
        settings = self._declaration.queue
        ttl = default_claim_ttl(settings.retention_period, settings.dlq.retention_period)
        retry = replace(
            RetrySettings.from_json(known[Name.RETRY]),
            max_receive_count=queue.max_receive_count or 0,
            keep_seconds=queue.retention_period,
        )
        yield Variable(name=Name.SOURCE, value=PART_SOURCE)
        yield Variable(name=Name.SOURCE_OPTIONS, value=canonical_json(self._options(worker, reach)))
        yield Variable(name=Name.TENANT, value=named.to_json())
        identity = IdempotencySettings(key=PART_KEY, ttl_seconds=int(ttl.total_seconds()))
        yield Variable(name=Name.IDEMPOTENCY, value=identity.to_json())
        yield Variable(name=Name.RETRY, value=retry.to_json())
        yield Variable(name=Name.QUEUE_URL, value=queue.url)
        yield Variable(name=Name.DLQ_URL, value=self._queues[letters_of(worker)].url)
        yield from reach.environment
        yield from (Variable(name=name, value=value) for name, value in sorted(worker.environment.items()))

    def _options(self, worker: Worker, reach: Reach) -> dict[str, Any]:
        joined = {"joined": [one.name for one in self._fan_out.workers]} if self._declaration.fan_in else {}
        options = self._declaration.source.options(self._context)
        arrivals = {"arrivals": options} if reach.reads_source else {}
        return {"worker": worker.name, "via": self._fan_out.via, "large_bodies": True, **joined, **arrivals}

    def _grants(self, worker: Worker, reach: Reach) -> Iterator[Grant]:
        platform, pipeline = self._context.platform, self._context.pipeline
        yield from grants.table_grants(pipeline, platform)
        yield grants.take_grant(self._queues[queue_of(worker)]).model_copy(update={"needed_by": "fan_out"})
        yield grants.give_up_grant(self._queues[letters_of(worker)])
        yield grants.quarantine_grant(pipeline, platform)
        yield grants.event_grant(platform)
        results = ("s3:PutObject",) if self._declaration.fan_in else ()
        yield large_parts(self._context, "s3:GetObject", *results)
        yield from reach.grants
