"""The crash cases, each a function that makes its trouble on a deployed pipeline and returns what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.local.faults import Action
from tests.local.crash.stage import PATIENCE

if TYPE_CHECKING:
    from tests.local.crash.stage import CrashStage, Outcome

BATCH = 10


def killed_between_claim_and_effect(stage: CrashStage) -> Outcome:
    """The claim stands in the table when its worker dies; its record has not been handled."""
    return _struck(stage, "before-effect", Action.KILL_AFTER, stage.plan.platform.state_table)


def killed_between_effect_and_ledger(stage: CrashStage) -> Outcome:
    """The object is written when the worker dies; the ledger does not know of it."""
    return _struck(stage, "before-ledger", Action.KILL_BEFORE, stage.plan.platform.ledger_table)


def killed_after_the_ledger(stage: CrashStage) -> Outcome:
    """The completion stands in the ledger when the worker dies; the message was not acknowledged."""
    first = _struck(stage, "after-ledger", Action.KILL_AFTER, stage.plan.platform.ledger_table)
    stage.evidence.wait_until("it comes back", lambda: len(stage.entries("after-ledger")) > 1, PATIENCE)
    return replace(stage.outcome(["after-ledger"], []), deaths=first.deaths, unexplained=first.unexplained)


def answer_to_the_claim_lost(stage: CrashStage) -> Outcome:
    """The claim was written, and its worker never hears of it."""
    return _struck(stage, "claim-answer", Action.DROP_AFTER, stage.plan.platform.state_table)


def answer_to_the_ledger_lost(stage: CrashStage) -> Outcome:
    """The completion was written, and its worker never hears of it."""
    return _struck(stage, "ledger-answer", Action.DROP_AFTER, stage.plan.platform.ledger_table)


def two_workers_at_once(stage: CrashStage) -> Outcome:
    """The second comes while the first is in its handler."""
    first, gate = stage.send_gated("at-once")
    second = stage.send("at-once", gate=gate.url)
    stage.evidence.wait_until("the second was received", lambda: stage.claims_tried("at-once") > 1)
    gate.open()
    return stage.outcome(["at-once"], [first, second])


def lease_over_and_on(stage: CrashStage) -> Outcome:
    """Another worker completes the record of one whose lease ran out, and then that one goes on."""
    return _overtaken(stage, "goes-on", "")


def lease_over_and_raised(stage: CrashStage) -> Outcome:
    """Another worker completes the record of one whose lease ran out, and then that one raises."""
    return _overtaken(stage, "raises", "raise")


def duplicate_after_the_claim_expired(stage: CrashStage) -> Outcome:
    """The claim was removed by TTL, the completion is still kept."""
    first = stage.send("claim-expired")
    stage.wait_for(["claim-expired"], [first])
    stage.end_workers()
    stage.expire_claim("claim-expired")
    second = stage.send("claim-expired")
    return stage.outcome(["claim-expired"], [first, second])


def duplicate_after_all_expired(stage: CrashStage) -> Outcome:
    """Claim and completion were removed by TTL: the record is a new one."""
    first = stage.send("all-expired")
    stage.wait_for(["all-expired"], [first])
    stage.end_workers()
    stage.expire_claim("all-expired")
    stage.expire_completion("all-expired")
    return stage.outcome(["all-expired"], [stage.send("all-expired")])


def twice_in_one_batch(stage: CrashStage) -> Outcome:
    """Two messages of one record are received together."""
    with stage.session.held_back(stage.plan):
        messages = [stage.send("twice"), stage.send("twice")]
    return stage.outcome(["twice"], messages)


def poison_in_a_batch(stage: CrashStage) -> Outcome:
    """The handler refuses one of ten."""
    return _among_ten(stage, "poison")


def deadly_in_a_batch(stage: CrashStage) -> Outcome:
    """One of ten kills every worker that handles it."""
    return _among_ten(stage, "deadly")


Case = Callable[["CrashStage"], "Outcome"]

AT_ONCE: tuple[Case, ...] = (
    killed_between_claim_and_effect,
    killed_between_effect_and_ledger,
    killed_after_the_ledger,
    answer_to_the_claim_lost,
    answer_to_the_ledger_lost,
)
"""Cases of single records, which do not meet."""
IN_TURN: tuple[Case, ...] = (lease_over_and_on, lease_over_and_raised, two_workers_at_once)
"""Cases that take two workers each, and must not wait for one."""
IN_BATCHES: tuple[Case, ...] = (
    twice_in_one_batch,
    poison_in_a_batch,
    duplicate_after_the_claim_expired,
    duplicate_after_all_expired,
    deadly_in_a_batch,
)
"""Cases of batches, and those that end every worker in between, one after the other."""


def _struck(stage: CrashStage, name: str, action: Action, table: str) -> Outcome:
    with stage.session.proxy.faults.active(stage.fault(action, table, name)) as fault:
        message = stage.send(name)
        stage.evidence.wait_until("the fault happens", fault.happened.is_set, 60)
    return stage.outcome([name], [message], deaths=fault.fired if action.value.startswith("kill") else 0)


def _overtaken(stage: CrashStage, name: str, word: str) -> Outcome:
    first, gate = stage.send_gated(name)
    stage.end_lease(name)
    second = stage.send(name, gate=gate.url)
    stage.wait_for([name], [second])
    gate.open(word)
    return stage.outcome([name], [first, second])


def _among_ten(stage: CrashStage, kind: str) -> Outcome:
    names = [f"{kind}-{number}" for number in range(BATCH)]
    with stage.session.held_back(stage.plan):
        messages = [stage.send(name, **({kind: True} if name == f"{kind}-0" else {})) for name in names]
    return stage.outcome(names, messages)
