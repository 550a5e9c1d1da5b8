"""Replays of a run that was handed over before and has not succeeded: the workflow is started again for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.ledger import Status
from functions.runtime.claiming import GIVEN_UP, UNREADABLE
from functions.runtime.failure import of_platform
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work


class Restarting:
    """What a workflow adds to a batch: that a run was started does not mean that it has come to a good end."""

    def before_claims(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Nothing is known yet."""

    def before_handling(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Take up replays that were started before, unless their run has succeeded since."""
        replays = [
            work
            for work in works
            if work.state is State.DUPLICATE and work.record.parent_run_id is not None and work.reason != GIVEN_UP
        ]
        if not replays:
            return
        settings, tokens = invocation.settings, [work.token for work in replays]
        try:
            done = invocation.services.ledger.completions(settings.pipeline, tokens, Status.SUCCEEDED)
        except UNREADABLE as error:
            for work in replays:
                work.fail(of_platform("reading the ledger", str(error)[:200]))
            return
        for work in replays:
            if work.token not in done:
                work.state, work.reason, work.restarted = State.CLAIMED, "", True
                work.head, work.attempt = work.record.replay_hash, work.record.receive_count

    def before_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Nothing is known that the output has not told."""

    def after_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """What comes of the run is told by its end."""
