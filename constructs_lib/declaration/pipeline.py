"""The declaration of one pipeline: the only input of the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from constructs_lib.declaration.approval import Approval
from constructs_lib.declaration.back_pressure import BackPressure
from constructs_lib.declaration.budget import Budget
from constructs_lib.declaration.checkpoint import Checkpoint
from constructs_lib.declaration.contract import Contract
from constructs_lib.declaration.fan_in import FanIn
from constructs_lib.declaration.fan_out import FanOut
from constructs_lib.declaration.idempotency import Idempotency
from constructs_lib.declaration.ledger import Ledger
from constructs_lib.declaration.observability import Observability
from constructs_lib.declaration.override import Override
from constructs_lib.declaration.queue import Queue
from constructs_lib.declaration.retry import Retry
from constructs_lib.declaration.tenant import Tenant
from constructs_lib.declaration.workflow import Workflow
from constructs_lib.event_sources import AnyEventSource
from constructs_lib.model.base import Frozen
from constructs_lib.model.reserved import MOST_TAGS, parse_tag
from constructs_lib.model.units import Name
from constructs_lib.network_profiles import AnyNetworkProfile
from constructs_lib.network_profiles.public import Public
from constructs_lib.outputs import AnyOutput
from constructs_lib.runner_classes import AnyRunnerClass
from constructs_lib.runner_classes.serverless import Serverless
from constructs_lib.stores import AnyStore
from functions.contract.identity import content_hash
from functions.contract.message import FIFO_SUFFIX

if TYPE_CHECKING:
    from constructs_lib.model.runner_class import RunnerClass

DEFAULT_CATALOG = "2026-11"

PipelineName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=2, max_length=32)]
TagKey = Annotated[str, BeforeValidator(parse_tag), Field(pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,128}$")]
STARTER = Serverless(handler="functions.start_workflow.handler:start_workflow")
"""What takes records where a workflow works on them: the platform's own handler."""
SHARER = Serverless(handler="functions.share_out.handler:share_out")
"""What takes records where workers share them: the platform's own handler."""
TagValue = Annotated[str, Field(pattern=r"^[A-Za-z0-9 _.:/=+@-]{0,256}$")]


class PipelineDeclaration(Frozen):
    """What runs, where its events come from and go to, and under which limits; equal for YAML, JSON and Python."""

    model_config = ConfigDict(serialize_by_alias=True)

    version: Literal[1] = 1
    """Version of this format."""
    catalog: Name = DEFAULT_CATALOG
    """Version of the catalogue of sizes, limits and prices: an upgrade of the library changes no deployed pipeline."""
    pipeline: PipelineName
    """Name of the pipeline, unique on its platform: lower case, digits and dashes."""
    owner: Annotated[Name, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    """Mail address of who is called when an alarm goes off."""
    description: Annotated[str, Field(max_length=1000)] = ""
    """What the pipeline is for."""
    data_class: Literal["public", "internal", "confidential", "restricted"] = "internal"
    """How sensitive the data is."""
    tags: Annotated[dict[TagKey, TagValue], Field(max_length=MOST_TAGS)] = Field(default_factory=dict)
    """AWS tags of every resource of the pipeline, beside pipeline, owner, stage and data-class."""
    tenant: Tenant = Tenant()
    """Whose data a record is."""
    contract: Contract | None = None
    """What a record must look like; without one every record lands."""
    source: AnyEventSource
    """What starts a run; exactly one."""
    queue: Queue = Queue()
    """The buffer between the source and the runner."""
    runner: AnyRunnerClass | None = None
    """The user's code and its limits; exactly one of ``runner``, ``workflow`` and ``fan_out`` is given."""
    workflow: Workflow | None = None
    """Steps that run for each record, in the place of one handler."""
    fan_out: FanOut | None = None
    """Several workers that each record goes to, in the place of one handler."""
    idempotency: Idempotency = Idempotency()
    """What makes two records the same record."""
    checkpoint: Checkpoint | None = None
    """How far an incremental pull has come, where a schedule starts it; without it runs know nothing of each other."""
    fan_in: FanIn | None = None
    """How records are collected into groups that are consolidated; without it every record stands for itself."""
    retry: Retry = Retry()
    """What happens after a failure."""
    back_pressure: BackPressure | None = None
    """What happens while a dependency fails; nothing when absent."""
    outputs: tuple[AnyOutput, ...] = ()
    """Where a run may write; nothing else is in reach."""
    stores: tuple[AnyStore, ...] = ()
    """What a handler reads and writes at once: tables and buckets."""
    network: AnyNetworkProfile = Public()
    """Which networks the code can reach."""
    observability: Observability = Observability()
    """Logs, traces, alarms and the dashboard."""
    budget: Budget = Budget()
    """What the pipeline may cost."""
    ledger: Ledger = Ledger()
    """How long the evidence is kept."""
    approvals: tuple[Approval, ...] = ()
    """Consents to single governance findings."""
    overrides: tuple[Override, ...] = ()
    """Properties set by hand on single resources."""
    directory: Path = Field(default=Path(), exclude=True)
    """Folder that relative paths start from: the file's own, or the current one for a declaration made in Python."""

    @property
    def taker(self) -> RunnerClass:
        """The function that takes records from the source: the runner, or the platform's own before steps, workers."""
        return self.runner or (STARTER if self.workflow else SHARER)

    @property
    def fifo(self) -> bool:
        """Whether the buffer is a FIFO queue: the pipeline's own, or the existing one that the source names."""
        return (self.source.existing_queue() or "").endswith(FIFO_SUFFIX) or self.queue.fifo


def manifest_hash(declaration: PipelineDeclaration) -> str:
    """Return the SHA-256 of what was declared, 64 hex digits; where the file lies makes no difference."""
    return content_hash(declaration.model_dump(mode="json", exclude={"directory"}))
