"""News of drift: an event for each new set of unknown fields, however many records have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.event_bus import MAX_EVENTS
from functions.contract.events import ContractDrift, DetailType, Event
from functions.runtime.aws_clients import COURTESY_SECONDS
from functions.runtime.emitting import emit
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.contract.ledger import LedgerEntry
    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

MAX_SETS = 100
"""Sets of fields that an environment tells of. A source that makes up names has no more news after so many."""
PATIENCE = 2 * COURTESY_SECONDS + 1
"""Seconds that must be left: the records are done with, and must not be delivered again because the bus is slow."""


def tell_drift(works: Sequence[Work], told: set[tuple[str, ...]], invocation: Invocation) -> None:
    """Send what is new and remember it in ``told``, in at most one call; what was not taken is new once more.

    An environment has one contract, so that a set of fields is all there is to remember.
    """
    news = _news(works, told)
    if not news or invocation.deadline.remaining() < PATIENCE:
        return
    room = min(MAX_EVENTS, MAX_SETS - len(told))
    events = {fields: Event(DetailType.CONTRACT_DRIFT, _detail(found)) for fields, found in list(news.items())[:room]}
    taken = emit(list(events.values()), invocation.services)
    told |= {fields for fields, event in events.items() if event in taken}
    if taken:
        extra = {"drift": [list(fields) for fields, event in events.items() if event in taken], "sets_told": len(told)}
        invocation.services.logger.warning("fields that the contract does not know", extra=extra)


def _news(works: Sequence[Work], told: set[tuple[str, ...]]) -> dict[tuple[str, ...], list[LedgerEntry]]:
    """Return entries of landed records by their unknown fields, as the ledger names them."""
    news: dict[tuple[str, ...], list[LedgerEntry]] = {}
    for work in works:
        entry = work.recorded
        if work.state is State.LANDED and entry is not None and entry.drift and entry.drift not in told:
            news.setdefault(entry.drift, []).append(entry)
    return news if len(told) < MAX_SETS else {}


def _detail(entries: list[LedgerEntry]) -> ContractDrift:
    first = entries[0]
    return ContractDrift(
        pipeline=first.pipeline,
        stage=first.stage,
        tenant=first.tenant,
        contract_id=first.contract_id or "",
        contract_version=first.contract_version or "",
        schema_hash=first.schema_hash or "",
        fields=first.drift,
        run_token=first.run_token,
        run_id=first.run_id,
        records=len(entries),
    )
