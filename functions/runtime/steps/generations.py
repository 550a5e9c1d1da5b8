"""Generations of a step: what was taken back is done anew, as another effect, and may be taken back again.

A run that has failed has undone its steps. Its replay or redrive must not be given what they returned: the effect that
it stands for is gone. So the identity of a step counts how often the ledger says that it was taken back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from functions.contract.ledger import Status
from functions.contract.workflow import FURTHER, step_token
from functions.runtime.aws_failures import error_code
from functions.runtime.claiming import UNREADABLE, claim_all
from functions.runtime.failure import of_platform
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from functions.contract.workflow import StepSettings
    from functions.runtime.given import Given
    from functions.runtime.invocation import Invocation
    from functions.runtime.ledger import Completion
    from functions.runtime.work import Work

AT_ONCE = 10
"""Generations of one undo that one read asks for."""


class Generations:
    """What a step that can be taken back adds to its call: it asks the ledger only where it was done before."""

    def __init__(self, step: StepSettings) -> None:
        """``step`` says what takes it back, or what it takes back itself."""
        self._step = step

    def before_claims(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Nothing is known yet."""

    def before_handling(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Go on to the newest generation; a step without a checkpoint, which is done at every try, asks each time."""
        asks = State.CLAIMED if invocation.settings.unclaimed else State.DUPLICATE
        for work in works:
            if work.state is asks and work.record.given is not None:
                try:
                    _Renewal(self._step, work, work.record.given, invocation).renew()
                except UNREADABLE as error:
                    work.fail(of_platform("reading what was undone", error_code(error)))

    def before_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Nothing is known that was not known before."""

    def after_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """What comes of the step is its workflow's to say."""


class _Renewal:
    """One call of a step that was done before; its methods raise what reading the ledger raises."""

    def __init__(self, step: StepSettings, work: Work, given: Given, invocation: Invocation) -> None:
        self._step = step
        self._work = work
        self._given = given
        self._invocation = invocation

    def renew(self) -> None:
        """Claim the newest generation, or keep to the one that was done."""
        own = self._undone(self._step.undo, len(self._given.step.items), self._given.step.visit)
        around = list(self._undone_around())
        undone = [*own, *around]
        again, newest = bool(undone), len(undone)
        if self._step.undoes:
            before = len(own) + sum(not self._is_of_this_run(one) for one in around)
            again = bool(own) and self._is_done_again(before, own[-1])
            newest = len(own) if again else len(own) - 1
        if newest < 1:
            return
        work = self._work
        work.token = self._given.generation(newest)
        if again and not self._invocation.settings.unclaimed:
            last = max(undone, key=lambda one: one.entry.recorded_at)
            work.record = replace(work.record, replay_hash=last.hash)
            work.state, work.reason = State.READY, ""
            claim_all([work], self._invocation)

    def _is_of_this_run(self, one: Completion) -> bool:
        """Return whether this execution took it back, just before: the step had been done by then."""
        name, _, _ = self._given.message.partition("/")
        return one.entry.run_id.startswith(f"{name}/")

    def _is_done_again(self, times: int, last: Completion) -> bool:
        """Return whether there is something to take back since the last time.

        A function's success is in the ledger; of what a service has done, or steps inside, another execution asks.
        """
        if not self._step.done_by:
            return not last.entry.run_id.startswith(f"{self._given.message}.")
        step = self._given.step
        token = step_token(self._given.run.token, self._step.done_by, step.items, step.visit, times)
        return bool(self._read([token], Status.SUCCEEDED))

    def _undone_around(self) -> Iterator[Completion]:
        """A loop inside a loop has both visits in one number."""
        visits = sorted({self._given.step.visit, self._given.step.visit // FURTHER})
        for name, maps in self._step.undone_with.items():
            for visit in visits:
                yield from self._undone(name, maps, visit)

    def _undone(self, name: str, maps: int, visit: int) -> list[Completion]:
        """Return what the ledger says of every time that a function took something back, the first one first."""
        if not name:
            return []
        token, items = self._given.run.token, self._given.step.items[:maps]
        return self._all(lambda number: step_token(token, name, items, visit, number))

    def _all(self, token: Callable[[int], str]) -> list[Completion]:
        found: list[Completion] = []
        while len(found) % AT_ONCE == 0:
            tokens = [token(number) for number in range(len(found), len(found) + AT_ONCE)]
            known = self._read(tokens, Status.UNDONE)
            if not known:
                break
            found += [known[one] for one in tokens if one in known]
        return found

    def _read(self, tokens: Sequence[str], status: Status) -> dict[str, Completion]:
        invocation = self._invocation
        return invocation.services.ledger.completions(invocation.settings.pipeline, tokens, status)
