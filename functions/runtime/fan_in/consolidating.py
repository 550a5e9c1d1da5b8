"""Consolidating: a signal of a group becomes one run over its parts, when they are all there or its time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.message import SIGNAL
from functions.contract.state import claim_key, group_key
from functions.runtime.aws_failures import error_code
from functions.runtime.claiming import UNREADABLE
from functions.runtime.failure import Failure, Verdict, of_platform
from functions.runtime.fan_in.freezing import freeze, freeze_again, is_complete, missing
from functions.runtime.fan_in.parts import PartReader, Parts
from functions.runtime.groups.signals import TIMEOUT
from functions.runtime.groups.store import Group, Phase
from functions.runtime.readers.message import string
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.contract.environment import FanInSettings
    from functions.runtime.groups.collaborators import Groups
    from functions.runtime.invocation import Invocation
    from functions.runtime.objects import ObjectStore
    from functions.runtime.work import Work

STEP = "collecting"
INCOMPLETE = "group-incomplete"
GROUP_INCOMPLETE = "GroupIncomplete"
NOT_YET = "group-not-due"
DECIDED = frozenset({State.LANDED, State.DEAD_LETTERED})
MOST_NAMED = 20
"""Missing parts that an entry names; a handler is told all of them."""


class Consolidating:
    """The steps around claim and handler, of the function whose records are signals of groups."""

    def __init__(self, settings: FanInSettings, groups: Groups, objects: ObjectStore) -> None:
        """Keep where groups and what they have landed are."""
        self._settings = settings
        self._store = groups.store
        self._objects = objects

    def before_claims(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Leave ready what is due; hide what is not due until it is, and let go what has nothing to do."""
        for work in works:
            if work.state is State.READY:
                try:
                    self._look(work, invocation)
                except UNREADABLE as error:
                    work.give_back(f"{STEP}: {error_code(error)}", invocation.backoff(work))

    def before_handling(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Settle which parts are handed over, and hand them over."""
        for work in works:
            if work.state is State.CLAIMED:
                try:
                    self._collect(work, invocation)
                except UNREADABLE as error:
                    work.fail(of_platform(STEP, error_code(error)))

    def before_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Nothing is to be done between landing and completion."""

    def after_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Tell which groups were not complete, once they are consolidated or given up."""
        short = [work for work in works if work.state in DECIDED and _is_short(work)]
        if short:
            from functions.runtime.fan_in.telling import tell_incomplete

            tell_incomplete(short, self._settings.on_timeout, invocation)

    def _look(self, work: Work, invocation: Invocation) -> None:
        group = self._group(work, invocation)
        if group is None or self._is_done(work, invocation) or _is_in_other_hands(work, invocation):
            work.state = State.IDLE
        elif group.phase in (Phase.NEW, Phase.OPEN) and not self._is_due(group, invocation):
            if string(work.record.attributes, SIGNAL) == TIMEOUT:
                work.give_back(NOT_YET, group.deadline - invocation.services.now())
            else:
                work.state = State.IDLE

    def _is_due(self, group: Group, invocation: Invocation) -> bool:
        return invocation.services.now() >= group.deadline or is_complete(group, self._store.parts(group.pk))

    def _is_done(self, work: Work, invocation: Invocation) -> bool:
        return work.token in invocation.services.ledger.completions(invocation.settings.pipeline, [work.token])

    def _group(self, work: Work, invocation: Invocation) -> Group | None:
        pk = group_key(invocation.settings.pipeline, _token(work))
        return self._store.read([pk])[0].get(pk)

    def _collect(self, work: Work, invocation: Invocation) -> None:
        group = self._group(work, invocation)
        if group is None:
            raise LookupError("GroupVanished")
        most = self._settings.max_items
        if group.phase is Phase.FROZEN and work.record.parent_run_id and work.attempt == 1:
            group = freeze_again(group, self._store, most)
        group = freeze(group, self._store, most)
        registered = self._store.parts(group.pk)
        parts = [part for part in registered if part.sk in group.frozen]
        count, names = missing(group.expected, set(group.frozen))
        work.argument = Parts(group.key, tuple(parts), count, names, PartReader(self._objects))
        left_out = len(registered) - len(parts)
        if count:
            work.note = _note(len(parts), count, names)
            if self._settings.on_timeout == "dead_letter":
                work.fail(Failure(Verdict.GIVE_UP, GROUP_INCOMPLETE, work.note))
            else:
                work.reason = INCOMPLETE
        elif left_out:
            work.note = f"{len(parts)} parts; {left_out} came too late or beyond the cap of {most}"


def _is_in_other_hands(work: Work, invocation: Invocation) -> bool:
    """Return whether another signal has claimed the group: it stays on a queue until the group is done or given up."""
    if work.record.parent_run_id:
        return False
    pk = claim_key(invocation.settings.pipeline, work.token)
    claim = invocation.services.claims.read([pk]).get(pk)
    return claim is not None and claim.message_id != work.record.message_id


def _is_short(work: Work) -> bool:
    return isinstance(work.argument, Parts) and not work.argument.complete


def _token(work: Work) -> str:
    body: Any = work.record.body
    return str(body.get("group", "")) if isinstance(body, dict) else ""


def _note(present: int, count: int, names: tuple[str, ...]) -> str:
    told = f"{present} parts, {count} missing"
    if not names:
        return told
    more = "" if len(names) <= MOST_NAMED else f" and {len(names) - MOST_NAMED} more"
    return f"{told}: {', '.join(names[:MOST_NAMED])}{more}"
