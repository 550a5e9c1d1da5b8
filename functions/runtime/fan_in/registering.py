"""Registering: what has landed becomes a part of its group, before the ledger says that the record is done.

Every step can be repeated: a crash before the completion brings the record back, which then finds its part registered,
its signals sent or not, and sends them again. A signal too many finds nothing to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.runtime.aws_failures import error_code
from functions.runtime.claiming import UNREADABLE
from functions.runtime.failure import of_platform
from functions.runtime.fan_in.freezing import freeze, is_complete
from functions.runtime.groups.signals import COMPLETE, TIMEOUT, Signal
from functions.runtime.groups.store import Group, Phase, RegisteredPart, moved
from functions.runtime.landing import drop_overdue
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.contract.environment import FanInSettings
    from functions.runtime.groups.collaborators import Groups
    from functions.runtime.groups.part import Part
    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

STEP = "registering"
LATE = "part-late"
"""It came when the parts that are handed over were settled."""
REPEATED = "part-repeated"
"""Another record was this part before, with the same payload."""
DIFFERS = "part-differs"
"""Another record was this part before, with another payload."""

Key = tuple[str, str]
Pair = tuple["Work", "Part"]


class Registering:
    """The step between landing and completion, of a pipeline whose records are parts."""

    def __init__(self, settings: FanInSettings, groups: Groups) -> None:
        """Keep where groups are and what they are bounded by."""
        self._settings = settings
        self._store = groups.store
        self._signals = groups.signals

    def before_claims(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Nothing is to be done before a record is claimed."""

    def before_handling(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Nothing is to be done before a record is handled."""

    def before_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Register what was processed; a part that cannot be registered has failed, and comes back."""
        drop_overdue(works, invocation)
        pairs = [(work, work.part) for work in works if work.state is State.PROCESSED and work.part]
        if not pairs:
            return
        try:
            self._register(pairs, invocation)
        except UNREADABLE as error:
            _fail([work for work, _ in pairs], error_code(error))

    def after_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Tell which parts came too late."""
        late = [work for work in works if work.state is State.LANDED and work.reason == LATE]
        if late:
            from functions.runtime.fan_in.telling import tell_late

            tell_late(late, invocation)

    def _register(self, pairs: list[Pair], invocation: Invocation) -> None:
        groups = {part.pk: self._group(part, invocation) for _, part in pairs}
        parts: dict[Key, RegisteredPart] = {}
        for work, part in pairs:
            parts.setdefault((part.pk, part.sk), _registered(work, part, groups[part.pk], invocation))
        answers = self._store.register(list(groups.values()), list(parts.values()))
        refused = {key for key, answer in zip([*groups, *parts], answers, strict=True) if answer.code}
        fresh = {key for key, answer in zip([*groups, *parts], answers, strict=True) if answer.done}
        _fail([work for work, part in pairs if refused & {part.pk, (part.pk, part.sk)}], "refused")
        kept = [(work, part) for work, part in pairs if work.state is State.PROCESSED]
        unsure = [key for key in parts if key not in fresh]
        found, before = self._store.read({part.pk for _, part in kept}, unsure)
        standing = {key: before.get(key, part) for key, part in parts.items()}
        ours = [pair for pair in kept if _is_ours(pair, standing)]
        for pk in {part.pk: None for _, part in ours}:
            self._settle(found[pk], [pair for pair in ours if pair[1].pk == pk], invocation)

    def _group(self, part: Part, invocation: Invocation) -> Group:
        deadline = int(invocation.services.now()) + self._settings.timeout_seconds
        expires_at = deadline + self._settings.ttl_seconds
        return Group(part.pk, part.group, part.key, part.tenant, part.expected, deadline, expires_at)

    def _settle(self, group: Group, pairs: list[Pair], invocation: Invocation) -> None:
        """Send the signals of an open group; say which parts came too late for a closed one."""
        if group.phase in (Phase.NEW, Phase.OPEN):
            self._signal(group, [work for work, _ in pairs], invocation)
            return
        frozen = freeze(group, self._store, self._settings.max_items).frozen
        for work, part in pairs:
            if part.sk not in frozen:
                work.reason, work.note = LATE, f"part {part.name}: its group was closed before"

    def _signal(self, group: Group, works: list[Work], invocation: Invocation) -> None:
        left = max(0, group.deadline - int(invocation.services.now()))
        signals = [Signal(group, TIMEOUT, left)] if group.phase is Phase.NEW else []
        if is_complete(group, self._store.parts(group.pk)):
            signals.append(Signal(group, COMPLETE))
        errors = [error for error in self._signals.send(signals) if error]
        if errors:
            _fail(works, errors[0])
        elif group.phase is Phase.NEW:
            self._store.change([(group, moved(group, Phase.OPEN))])


def _registered(work: Work, part: Part, group: Group, invocation: Invocation) -> RegisteredPart:
    payload, result = work.record.payload_hash, None
    if work.result is not None:
        from functions.runtime.fan_in.results import Result

        kept = Result.kept(work, invocation)
        result = kept.to_json() if kept else None
    return RegisteredPart(part.pk, part.sk, part.name, work.token, payload, work.location, group.expires_at, result)


def _is_ours(pair: Pair, standing: dict[Key, RegisteredPart]) -> bool:
    """Return whether the record is the one that counts as its part; any other says so in its evidence."""
    work, part = pair
    registered = standing[part.pk, part.sk]
    if registered.run_token == work.token:
        return True
    same = registered.payload_hash == work.record.payload_hash
    work.reason, work.note = REPEATED if same else DIFFERS, f"part {part.name}: the run {registered.run_token} is it"
    return False


def _fail(works: Sequence[Work], code: str) -> None:
    for work in works:
        if work.state is State.PROCESSED:
            work.fail(of_platform(STEP, code))
