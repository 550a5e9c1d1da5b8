"""Turns: which tick may run now, decided from what is known of those before it. Nothing here leaves the process."""

from __future__ import annotations

from dataclasses import dataclass, replace

from functions.contract.turns import Turns

HOLIDAY = "holiday"
OVERLAP = "overlap"
MISSED = "missed"
MOST_CAUGHT_UP = 24
"""Missed ticks that are run after all, the latest ones: a day of hourly runs."""
MOST_NOTED = 1000
"""Missed ticks that are looked at, the latest ones; what a longer outage missed before them is not noted."""
MOST_LOST = 8


@dataclass(frozen=True)
class Rules:
    """What is declared; ``lease`` in seconds."""

    lease: int
    expression: str
    forbid: bool = True
    catch_up: bool = False


@dataclass(frozen=True)
class Arrival:
    """A tick that came: whether it is a holiday's, whether an operator sent it again, and what lay before it."""

    at: int
    now: int
    holiday: bool = False
    again: bool = False
    gap: tuple[int, ...] = ()
    """Ticks between the newest and this one that nobody has seen and that are no holidays."""


@dataclass(frozen=True)
class Decision:
    """What becomes of a tick, and what must stand in the table for it."""

    act: str
    """``run``, ``skip``, ``wait``, or ``later`` when a message of its own comes in its turn."""
    turns: Turns
    reason: str = ""
    missed: tuple[int, ...] = ()
    """Ticks that will not be run."""
    send: tuple[int, ...] = ()
    """Ticks to send before the turns are written."""


def decide(turns: Turns | None, tick: Arrival, rules: Rules) -> Decision:
    """Return what becomes of a tick; ``turns`` is None at a schedule's first one."""
    if turns is None:
        turns = Turns(last=tick.at - 1, expression=rules.expression)
    if tick.at in turns.queue:
        return _queued(turns, tick, rules)
    if tick.at > turns.last:
        return _newer(turns, tick, rules)
    if tick.again or tick.at in turns.lost or not rules.forbid:
        return _resumed(turns, tick, rules)
    return Decision("skip", turns, turns.why if turns.why and tick.at == turns.last else MISSED)


def over(turns: Turns, at: int, rules: Rules, now: int) -> Decision:
    """Return what follows once the run of a tick has ended: the next one's turn, if there is one."""
    rest = tuple(other for other in turns.queue if other != at)
    lost = tuple(other for other in turns.lost if other != at)
    left = replace(turns, queue=rest, lost=lost, lease_until=now + rules.lease if rest else 0)
    return Decision("run", left, send=rest[:1] if turns.queue[:1] == (at,) else ())


def _queued(turns: Turns, tick: Arrival, rules: Rules) -> Decision:
    if turns.queue[0] != tick.at and tick.now < turns.lease_until:
        return Decision("wait", turns)
    if turns.queue[0] != tick.at:
        turns = _without_head(turns)
    held = replace(turns, lease_until=tick.now + rules.lease)
    if held.queue[0] == tick.at:
        return Decision("run", held)
    return Decision("wait", held, send=held.queue[:1])


def _resumed(turns: Turns, tick: Arrival, rules: Rules) -> Decision:
    """A tick that began before, or that an operator sends again, runs as soon as no other is in progress."""
    if not rules.forbid:
        return Decision("run", turns)
    if turns.queue and tick.now < turns.lease_until:
        return Decision("wait", turns)
    turns = _without_head(turns)
    lost = tuple(at for at in turns.lost if at != tick.at)
    return Decision("run", replace(turns, queue=(tick.at, *turns.queue), lost=lost, lease_until=tick.now + rules.lease))


def _newer(turns: Turns, tick: Arrival, rules: Rules) -> Decision:
    caught_up = tick.gap[-MOST_CAUGHT_UP:] if rules.catch_up else ()
    missed = tick.gap[: len(tick.gap) - len(caught_up)]
    seen = replace(turns, last=tick.at, why=HOLIDAY if tick.holiday else "", expression=rules.expression)
    if not rules.forbid:
        act, reason = ("skip", HOLIDAY) if tick.holiday else ("run", "")
        return Decision(act, seen, reason, missed, send=caught_up)
    if turns.queue and tick.now < turns.lease_until:
        reason = HOLIDAY if tick.holiday else OVERLAP
        return Decision("skip", replace(seen, why=reason, queue=(*turns.queue, *caught_up)), reason, missed)
    left = _without_head(seen)
    wanted = caught_up if tick.holiday else (*caught_up, tick.at)
    queue = (*left.queue, *wanted)
    after = replace(left, queue=queue, lease_until=tick.now + rules.lease if queue else 0)
    if queue[:1] == (tick.at,):
        return Decision("run", after, missed=missed)
    act, reason = ("skip", HOLIDAY) if tick.holiday else ("later", "")
    return Decision(act, after, reason, missed, send=queue[:1])


def _without_head(turns: Turns) -> Turns:
    """Return the turns without a first one that gave no sign."""
    if not turns.queue:
        return turns
    return replace(turns, queue=turns.queue[1:], lost=(*turns.lost, turns.queue[0])[-MOST_LOST:])
