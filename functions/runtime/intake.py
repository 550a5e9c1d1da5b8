"""From a message to work: decoded, identified, checked against its contract, and in the form the handler wants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.runtime.contract_check import parameters_of
from functions.runtime.errors import ContractBreak
from functions.runtime.failure import classify, of_contract
from functions.runtime.readers import reader
from functions.runtime.record import UNREAD
from functions.runtime.record_identity import UNKNOWN_TENANT, RecordIdentity
from functions.runtime.settings import GROUP_SOURCE
from functions.runtime.work import State, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.runtime.argument import Build
    from functions.runtime.contract_check import ContractCheck
    from functions.runtime.groups.part import PartIdentity
    from functions.runtime.record import Record
    from functions.runtime.settings import RunnerSettings


UNREAD_DELAY = 10.0
"""Seconds until a record comes again of which a part could not be fetched."""


class Intake:
    """The pure part of a pipeline: no call leaves the process here."""

    def __init__(
        self,
        settings: RunnerSettings,
        contract: ContractCheck | None,
        build: Build,
        parameters: ContractCheck | None = None,
    ) -> None:
        """``build`` returns the handler's argument for a decoded body; ``parameters`` checks what stands beside it."""
        self._read = reader("request" if settings.synchronous else settings.source, settings.source_options)
        self._identity = RecordIdentity(settings)
        self._contract = contract
        self._parameters = parameters
        self._build = build
        self._expected = settings.retry.errors
        self._parts = _part_identity(settings)

    def work(self, message: Mapping[str, Any]) -> Work:
        """Return the work of one message: ready to be claimed, or invalid with the first thing that is wrong."""
        return self.checked(self.identified(message))

    def identified(self, message: Mapping[str, Any]) -> Work:
        """Return the work of one message, of which no more is known than whose and which it is."""
        record = self._read(message)
        if UNREAD in message:
            record = replace(record, unread=str(message[UNREAD]))
        faults = [record.fault] if record.fault else []
        tenant = _attempt(self._identity.tenant, record, faults) or UNKNOWN_TENANT
        token = _attempt(self._identity.token, record, faults) or self._identity.stray_token(record)
        work = Work(record=record, token=token, tenant=tenant, head=record.replay_hash)
        if record.dropped is not None:
            work.drop(record.dropped)
        elif record.unread is not None:
            work.give_back(record.unread, UNREAD_DELAY)
        elif faults:
            work.state, work.failure = State.INVALID, of_contract(faults[0])
        return work

    def checked(self, work: Work) -> Work:
        """Return a work held against its contract, in the form that the handler wants; one that goes back stays so."""
        faults: list[ContractBreak] = []
        if work.state is State.READY:
            self._check(work, faults)
        if faults:
            work.state, work.failure = State.INVALID, of_contract(faults[0])
        return work

    def _check(self, work: Work, faults: list[ContractBreak]) -> None:
        try:
            if self._parameters:
                self._parameters.check(parameters_of(work.record.fields))
            if self._contract:
                work.drift = self._contract.check(work.record.body)
            work.argument = self._build(work.record.body)
            if self._parts:
                work.part = self._parts.part(work.record, work.tenant)
        except ContractBreak as fault:
            faults.append(fault)
        except RecursionError:
            faults.append(ContractBreak("argument-misfit", "body", "nested too deeply"))
        except Exception as error:  # a validator is user code: what it raises is this record's failure, not the batch's
            work.attempt = work.record.receive_count
            work.fail(classify(error, self._expected))


def _part_identity(settings: RunnerSettings) -> PartIdentity | None:
    """Signals of groups are no parts themselves."""
    if settings.fan_in is None or settings.source == GROUP_SOURCE:
        return None
    from functions.runtime.groups.part import PartIdentity

    return PartIdentity(settings.pipeline, settings.fan_in)


def _attempt(find: Callable[[Record], str], record: Record, faults: list[ContractBreak]) -> str | None:
    try:
        return find(record)
    except ContractBreak as fault:
        faults.append(fault)
        return None
