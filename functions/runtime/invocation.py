"""What all steps of one invocation share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from functions.contract.state import Claim, claim_key
from functions.runtime.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from functions.runtime.back_pressure.gate import Gate
    from functions.runtime.contract_check import ContractCheck
    from functions.runtime.flush import Flush
    from functions.runtime.redaction import Hidden
    from functions.runtime.services import Services
    from functions.runtime.settings import RunnerSettings
    from functions.runtime.work import Work

OLD_SHARE = 0.9
"""Share of the queue's retention after which a record is given up by the runtime, before the queue forgets it."""


@dataclass(kw_only=True)
class Invocation:
    """One call of the function by Lambda."""

    settings: RunnerSettings
    services: Services
    deadline: Deadline
    lease_id: str
    function: str
    version: str
    request_id: str
    contract: ContractCheck | None = None
    parameters: ContractCheck | None = None
    """What path, query and headers of a request must look like; None where they are free."""
    pause: float | None = None
    """Seconds for which a dependency wants to be left alone; None while nobody asked for less."""
    gate: Gate | None = None
    """Who may ask the dependency; None without back pressure."""
    flushes: int = 0

    @classmethod
    def start(
        cls,
        settings: RunnerSettings,
        services: Services,
        context: Any,
        contract: ContractCheck | None = None,
        parameters: ContractCheck | None = None,
    ) -> Invocation:
        """Return the invocation that Lambda describes by its context object."""

        def remaining() -> float:
            return float(context.get_remaining_time_in_millis()) / 1000

        deadline, lease_id = Deadline.start(remaining, services.now()), services.new_id()
        return cls(
            settings=settings,
            services=services,
            deadline=deadline,
            lease_id=lease_id,
            gate=services.gate(lease_id, deadline.lease_until),
            function=str(context.function_name),
            version=str(context.function_version),
            request_id=str(context.aws_request_id),
            contract=contract,
            parameters=parameters,
        )

    def claim(self, work: Work) -> Claim:
        """Return the claim on a record's run token, held until the end of this invocation."""
        return Claim(
            pk=claim_key(self.settings.pipeline, work.token),
            lease_id=self.lease_id,
            lease_until=int(self.deadline.lease_until * 1000),
            expires_at=int(self.services.now()) + self.settings.idempotency.ttl_seconds,
            payload_hash=work.record.payload_hash,
            message_id=work.record.message_id,
            head=work.record.replay_hash,
        )

    def hiding(self, work: Work, vouched: Mapping[str, Any]) -> AbstractContextManager[None]:
        """Hide what must not be said of a record from every text; ``vouched`` values of log lines are our own.

        The record is looked through when the first text is written, and not at all where nothing of it is sensitive.
        """
        marked = any(one is not None and one.marked for one in (self.contract, self.parameters))
        sensitive = self.settings.masked or marked
        return self.services.redactor.hiding(partial(self._hidden, work) if sensitive else None, vouched)

    def _hidden(self, work: Work) -> Hidden:
        from functions.runtime.sensitive import hidden_values

        return hidden_values(work.record, self.contract, self.parameters, masked=self.settings.masked)

    def flush(self, works: Sequence[Work] = ()) -> Flush:
        """Return a flush of these works with a name of its own."""
        from functions.runtime.flush import Flush

        self.flushes += 1
        day = self.utc().strftime("%Y-%m-%d")
        return Flush(
            f"{self.lease_id}-{self.flushes}",
            day,
            self.settings,
            f"{self.function}:{self.version}",
            {work.token: work.record for work in works},
            self.deadline.left,
            self.contract.schema if self.contract else None,
        )

    def utc(self) -> datetime:
        """Return the time in UTC."""
        return datetime.fromtimestamp(self.services.now(), UTC)

    def exhausted(self, work: Work) -> bool:
        """Return whether the record has no attempt left."""
        return work.attempt >= self.settings.retry.max_attempts or self.last_receive(work)

    def last_receive(self, work: Work) -> bool:
        """Return whether the queue itself gives the record up, or soon forgets it, when it goes back once more."""
        return 0 < self.settings.retry.max_receive_count <= work.record.receive_count or self._is_old(work)

    def _is_old(self, work: Work) -> bool:
        kept, queued_at = self.settings.retry.keep_seconds, work.record.queued_at
        return bool(kept and queued_at) and self.services.now() - (queued_at or 0) / 1000 >= OLD_SHARE * kept

    def backoff(self, work: Work) -> float:
        """Return how long a record that has failed this time waits, in seconds."""
        from functions.runtime.backoff import backoff

        return backoff(self.settings.retry, work.attempt or work.record.receive_count, self.services.uniform)
