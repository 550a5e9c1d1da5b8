"""One event to several workers, each with a queue, a dead-letter queue, a role and a cap of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.handler_path import HandlerPath, VariableName
from constructs_lib.model.secret_name import SecretName
from constructs_lib.model.units import Count, Duration, Name

WorkerName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=20)]


class Worker(Frozen):
    """One of the functions that an event goes to."""

    name: WorkerName
    """Name of the worker: lower case, digits and dashes."""
    handler: HandlerPath
    """The function as ``package.module:function``, found below ``code``."""
    max_concurrency: Count
    """How many batches it runs at once, 2 to 1000."""
    size: Name = "small"
    """Size of the catalogue."""
    timeout: Duration | None = None
    """Longest run of one batch; the size's own when absent."""
    environment: dict[VariableName, str] = Field(default_factory=dict)
    """Plain settings of the handler."""
    outputs: tuple[str, ...] = ()
    """Names of the pipeline's outputs that it may write to."""
    stores: tuple[str, ...] = ()
    """Names of the pipeline's stores that it may use; ``source`` where the source brings one."""
    secrets: tuple[SecretName, ...] = ()
    """Names of the secrets that it may read."""
    batch_size: Count = 10
    """Most messages that it is given at once."""
    max_batching_window: Duration = timedelta()
    """How long it waits for a full batch."""

    def function_id(self) -> str:
        """Return the id of the worker's function, which is made of its name: two workers may have one handler."""
        return self.name.replace("-", "_")


class FanOut(Frozen):
    """Each record goes to every worker; with ``items``, each of its items does."""

    via: Literal["topic", "event_bus"] = "topic"
    """What hands the record over: a topic, or a bus of the pipeline's own."""
    workers: Annotated[tuple[Worker, ...], Field(min_length=1, max_length=50)]
    """The workers; all of them are given everything."""
    items: Name | None = None
    """JMESPath expression over the record that leads to a list: each item is handed over alone, or with others."""
    max_items: Count | None = None
    """Items of one record at most; needed with ``items``. A longer list is refused; the plan's price counts with it."""
    batch_items: Annotated[int, Field(strict=True, ge=1, le=1000)] = 1
    """Items in one message: the more there are, the fewer messages and runs an event costs."""
    code: Name = "."
    """Folder of the handlers, relative to the declaration."""
    requirements: Name | None = None
    """The handlers' dependencies: a requirements file with hashes, relative to the declaration."""

    def messages_per_event(self) -> int:
        """Return how many messages one record is shared out into at most; each goes to every worker."""
        return -(-(self.max_items or 1) // self.batch_items) if self.items else 1
