"""What every kind of event source, output, store, runner class and network profile promises to the layers above.

A kind is one module of its package with one class. It holds the fields users write, contributes plain data to the plan,
and makes its own resources in ``bind``. Nobody outside the package asks which kind it is.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol

from pydantic import BeforeValidator, Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.contribution import Contribution as Contribution  # noqa: PLC0414, TC001 - kinds find it here
from constructs_lib.model.plan import PipelinePlan, PlatformNames
from constructs_lib.model.reserved import parse_output_name, parse_store_name
from constructs_lib.model.samples import SampleMessage, SampleRecord, plain

if TYPE_CHECKING:
    from aws_cdk import aws_lambda, aws_sqs
    from constructs import Construct, IDependable

    from functions.contract.environment import OutputSettings, StoreSettings

Delivery = Literal["queue", "answer", "stream"]
"""How records reach the runner: out of the buffer queue, from a caller who waits, or straight from a stream."""
Grouping = Literal["none", "senders", "key"]
"""Whether records can come through a FIFO queue: not at all, in groups of their senders, or by ``queue.group_key``."""
STAGE_PLACE = "${stage}"
"""Stands for the stage in the name of an existing resource."""
StoreName = Annotated[str, BeforeValidator(parse_store_name), Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
OutputName = Annotated[str, BeforeValidator(parse_output_name), Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class PlanContext(Frozen):
    """What a kind may know of its pipeline while the plan is made."""

    pipeline: str
    stage: str
    manifest_hash: str
    platform: PlatformNames
    queue_name: str
    queue_arn: str
    queue_url: str
    log_level: str
    log_retention_days: int
    tracing: bool
    network: str
    claim_ttl: timedelta
    """How long the pipeline knows a record again."""
    runner: str
    """Id of the function that runs the user's handler."""
    fifo: bool = False
    """Whether the buffer is a FIFO queue."""
    group_key: str | None = None
    """Where the platform itself sends to a FIFO queue, the field of a request that gives its group."""
    deduplicates: bool = False
    """Whether a FIFO queue, or a FIFO topic before it, tells repeats by their bodies."""
    max_concurrency: int = 1
    """Workers that run the handler at once, at most."""
    calendars: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Holidays of the catalogue by the name of their calendar."""
    tenant: str | None = None
    """What functions read of the tenant, as JSON, when records name it; None when all have the same."""

    def name(self, part: str) -> str:
        """Return the physical name of one part of the pipeline, unique in an account and region."""
        return f"{self.pipeline}-{self.stage}-{part}"

    def bucket(self, part: str) -> str:
        """Return the name of one bucket of the pipeline, unique in the world."""
        return f"{self.name(part)}-" + "${AWS::AccountId}-${AWS::Region}"

    def here(self, existing: str) -> str:
        """Return the name or ARN of an existing resource with this stage in the place of ``${stage}``."""
        return existing.replace(STAGE_PLACE, self.stage)


class Site(Protocol):
    """Where a kind makes its resources: a scope of the pipeline's construct and what already stands there."""

    @property
    def plan(self) -> PipelinePlan:
        """The pipeline's plan."""

    @property
    def scope(self) -> Construct:
        """The construct that new resources belong to."""

    def function(self, function_id: str) -> aws_lambda.IFunction:
        """Return the ``live`` alias of a function of the plan."""

    def queue(self, queue_id: str) -> aws_sqs.IQueue:
        """Return a queue of the plan."""

    def add_resource(self, logical_id: str, resource: dict[str, object]) -> str:
        """Add one plain CloudFormation resource to the pipeline's fragment and return the logical id it has there.

        Tokens come by ``reference``, other resources of the fragment by ``Ref`` and the returned id.
        """

    def add_planned(self, plan_id: str, resource: dict[str, object]) -> str:
        """Add one plain CloudFormation resource of the plan, by its id, and return its logical id."""

    def platform_key(self) -> object | None:
        """Return what stands in the fragment for the ARN of the platform's own key; None where AWS owns the keys."""

    def reference(self, token: str) -> dict[str, object]:
        """Return what stands for a CDK token inside the fragment."""

    def make_after(self, logical_id: str, earlier: IDependable) -> None:
        """Have a resource of the fragment made after everything that ``earlier`` holds."""


class EventSource(Frozen):
    """What starts a run. Exactly one per pipeline."""

    type: str

    @abstractmethod
    def record_fields(self) -> tuple[str, ...]:
        """Return the fields a record has besides ``body``: ``path.shop_id``, or ``attributes.*`` for any name."""

    @abstractmethod
    def contribute(self, context: PlanContext) -> Contribution:
        """Return what the source adds to the plan."""

    @abstractmethod
    def bind(self, site: Site) -> None:
        """Make the source's own resources; CDK is imported here and not before."""

    def delivery(self) -> Delivery:
        """Return how records reach the runner."""
        return "queue"

    def options(self, _context: PlanContext) -> dict[str, Any]:
        """Return what the runtime's reader of this source must know, as plain JSON."""
        return {}

    def stores(self, _context: PlanContext) -> tuple[StoreSettings, ...]:
        """Return the stores that the source itself brings, under the name ``source``; it grants their use, too."""
        return ()

    def ordered(self) -> bool:
        """Return whether the source itself keeps records of one lane in order."""
        return False

    def grouping(self) -> Grouping:
        """Return how records get their groups where the queue is FIFO."""
        return "none"

    def ticks(self) -> Literal["none", "single", "overlapping"]:
        """Return whether records are ticks of a schedule, and whether their runs may go on at the same time."""
        return "none"

    def holidays(self) -> str | None:
        """Return the name of the calendar on whose days nothing runs."""
        return None

    def longest_run(self) -> timedelta | None:
        """Return how long the source waits for the runner, or None where nobody waits."""
        return None

    def batches_at_once(self) -> int | None:
        """Return how many batches the source itself hands over at once; None where that is not known beforehand."""
        return None

    def retries(self) -> int | None:
        """Return how often the source itself hands over again what failed; None where a queue counts."""
        return None

    def existing_queue(self) -> str | None:
        """Return the ARN of the queue that the user names instead of having one made."""
        return None

    def shares(self) -> str | None:
        """Return the name of what the pipeline shares with others of one stack, or None where it stands alone."""
        return None

    def clash(self, _other: EventSource) -> tuple[str, str, str, str] | None:
        """Return code, finding, what is allowed and the way out where both cannot share the same thing."""
        return None

    def is_fifo(self) -> bool | None:
        """Return whether what exists before the buffer keeps the order of groups; None where nothing does."""
        return None

    def filters(self) -> tuple[str, ...]:
        """Return the patterns, as JSON, of which a message must match one to start a run; without any, all do."""
        return ()

    def reads(self) -> bool:
        """Return whether its requests change nothing, so that each is answered anew."""
        return False

    def response_schema(self) -> str | None:
        """Return the file with the schema of a response, relative to the declaration, or None where any is sent."""
        return None

    def hears(self, _speaker: str) -> bool:
        """Return whether events that are put on the source's bus under this name can start a run."""
        return True

    def natural_key(self) -> tuple[str, ...] | None:
        """Return the idempotency key that the source itself provides, or None when the payload must."""
        return None

    def sample_body(self) -> Any:
        """Return what drills send where neither a file of samples nor a contract says more."""
        return {}

    def sample_unwanted(self) -> tuple[SampleMessage, ...]:
        """Return what the source's service may send although it starts no run."""
        return ()

    def sample_envelope(self, record: SampleRecord) -> SampleMessage:
        """Return a made-up record in the envelope of the source's service; without one it is the message."""
        return plain(record)


class Output(Frozen):
    """Where a run may write. Only declared outputs exist at run time, and a grant for each and nothing else."""

    type: str
    name: OutputName | None = None
    """Name on ``run.outputs``; the type when absent. Two outputs of one type need names."""

    draft_type: ClassVar[str] = "typing.Any"
    """What ``run.outputs`` holds of it, as module and class; ``pipelines types`` writes it into the handler's types."""

    @property
    def called(self) -> str:
        """The name on ``run.outputs``."""
        return self.name or self.type

    @abstractmethod
    def settings(self, context: PlanContext) -> OutputSettings:
        """Return what the runtime needs to write there."""

    def libraries(self) -> tuple[str, ...]:
        """Return the distributions that the runner's requirements must bring for this output."""
        return ()

    @abstractmethod
    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return the grants and costs; ``place`` is the output's path in the declaration."""

    def bind(self, site: Site) -> None:
        """Make the output's own resources; outputs of the platform have none."""

    def files(self) -> dict[str, str]:
        """Return JSON Schemas that the runtime reads, relative to the declaration, by their place in the bundle."""
        return {}

    def slowest_flush(self, _records: int, _workers: int) -> float:
        """Return the seconds that an output of declared slowness needs for so many records of one worker."""
        return 0.0


Access = Literal["read", "write", "delete", "read_write", "read_delete", "write_delete", "read_write_delete"]
"""What may be done with a store: its words, joined."""


class Store(Frozen):
    """What a handler reads and writes at once; only declared stores exist at run time, with a grant for each."""

    type: str
    name: StoreName
    """Name on ``run.stores``: lower case letters, digits and underscores."""
    access: Access = "read"
    """What the handler may do, and no more; who writes cannot delete unless it says so."""

    @abstractmethod
    def settings(self, context: PlanContext) -> StoreSettings:
        """Return what the runtime needs to reach it."""

    @abstractmethod
    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return grants, costs and resources; ``place`` is the store's path in the declaration."""

    @abstractmethod
    def bind(self, site: Site) -> None:
        """Make the store's own resources; CDK is imported here and not before."""

    def sid(self, word: str) -> str:
        """Return the name of a grant: ``ReadStoreOrders``."""
        return f"{word}Store" + "".join(part.capitalize() for part in self.name.split("_"))


class NetworkProfile(Frozen):
    """Which networks a pipeline's functions can reach."""

    type: str

    @abstractmethod
    def contribute(self, context: PlanContext) -> Contribution:
        """Return what the profile adds to the plan."""

    def bind(self, site: Site) -> None:
        """Make the profile's own resources; the public profile has none."""
