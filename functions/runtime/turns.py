"""Turns: one tenant's backlog does not make the others wait for all of it.

The tenants of a batch take turns. While others wait longer than they should, or may do so behind a backlog, what one
tenant has beyond its share goes back to the queue untried, so that workers reach what stands behind it; that costs the
record no attempt. A tenant that has been alone for a minute is never held back.
"""

from __future__ import annotations

from collections import Counter, deque
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from functions.runtime.work import OVER_SHARE, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.contract.environment import TenantSettings
    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

MEMORY = 60.0
"""Seconds for which an environment remembers which tenant it has received how much of."""
SUFFERING = 10.0
"""Seconds for which a record that had waited too long speaks for the others of its tenant."""
MOST_BATCHES = 1_000
"""Batches that are remembered, so that memory is bounded whoever names the tenants."""
HELD_BACK = 30.0
"""Seconds that a record is held back at once: workers pass over a backlog in less, or the rest of it comes next."""
OLDEST = 3_600.0
"""Seconds after which a record is never held back: fairness must not bring it near the end of its retention."""


class Turns:
    """What one environment has received of whom of late, and what it makes of the next batch."""

    def __init__(self, settings: TenantSettings) -> None:
        """Hold every tenant to ``max_share`` percent of a batch while others wait more than ``patience_seconds``."""
        self._most = settings.max_share / 100
        self._patience = settings.patience_seconds
        self._batches: deque[tuple[float, Counter[str]]] = deque()
        self._received: Counter[str] = Counter()
        self._suffered: dict[str, float] = {}

    def take(self, works: Sequence[Work], invocation: Invocation) -> list[Work]:
        """Return a batch in the order of turns, what goes back untried first, so that it goes back at once.

        Of each tenant, and between tenants at the beginning of a round, the order of ``works`` is kept.
        """
        now = invocation.services.now()
        self._remember(works, now)
        own = _by_tenant(works)
        share = self._share()
        back = [work for tenant in own for work in self._excess(tenant, own[tenant], share * len(works), invocation)]
        for work in back:
            work.give_back(OVER_SHARE, HELD_BACK)
        if back:
            held = dict(Counter(work.tenant for work in back))
            invocation.services.logger.info("tenants above their share wait", extra={"held_back": held})
        rest = [[work for work in group if work.reason != OVER_SHARE] for group in own.values()]
        return [*back, *(work for work in chain.from_iterable(zip_longest(*rest)) if work is not None)]

    def _share(self) -> float:
        """Return what part of a batch is a tenant's: all are equal, and none may have more than the declared one."""
        return min(self._most, 1 / max(1, len(self._received)))

    def _excess(self, tenant: str, own: list[Work], room: float, invocation: Invocation) -> list[Work]:
        """Return what a tenant has beyond its room in this batch; one record of it is always tried."""
        excess = own[max(1, int(room)) :]
        if not excess or self._most >= 1 or not self._is_over(tenant):
            return []
        now = invocation.services.now()
        if any(now - since <= SUFFERING for other, since in self._suffered.items() if other != tenant):
            return [work for work in excess if _may_wait(work, invocation)]
        if any(self._waited(work, now) for work in own):
            return [work for work in excess if work.record.receive_count == 1 and _may_wait(work, invocation)]
        return []

    def _is_over(self, tenant: str) -> bool:
        """Return whether a tenant has more than its share of what was received of late, and is not alone."""
        return len(self._received) > 1 and self._received[tenant] > self._share() * self._received.total()

    def _waited(self, work: Work, now: float) -> bool:
        """Return whether a record waited too long for its first delivery; later ones have reasons of their own."""
        queued = work.record.queued_at
        return work.record.receive_count == 1 and queued is not None and now - queued / 1000 > self._patience

    def _remember(self, works: Sequence[Work], now: float) -> None:
        batch = Counter(work.tenant for work in works)
        self._batches.append((now, batch))
        self._received.update(batch)
        while self._batches[0][0] < now - MEMORY or len(self._batches) > MOST_BATCHES:
            self._received.subtract(self._batches.popleft()[1])
            self._received = +self._received
        self._suffered = {tenant: since for tenant, since in self._suffered.items() if tenant in self._received}
        self._suffered |= {work.tenant: now for work in works if self._waited(work, now)}


def _by_tenant(works: Sequence[Work]) -> dict[str, list[Work]]:
    own: dict[str, list[Work]] = {}
    for work in works:
        own.setdefault(work.tenant, []).append(work)
    return own


def _may_wait(work: Work, invocation: Invocation) -> bool:
    """Return whether nothing is lost by waiting: neither to the queue's own limits nor to the age of the record."""
    queued = work.record.queued_at
    young = queued is not None and invocation.services.now() - queued / 1000 < OLDEST
    return work.state is State.READY and young and not invocation.last_receive(work)
