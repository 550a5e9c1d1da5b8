"""What is sent in a seed, and what its handler does with it: good records, repeats, poison, and what is no record."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any

from functions.runtime import Permanent, Recoverable, Throttled

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from constructs_lib.drills.samples.records import Samples
    from constructs_lib.model.samples import SampleRecord
    from functions.runtime import Run

BROKEN = ("not json", "{}", '{"half": ', "[]", "null")
HOPELESS = "simulated: in vain"
DRIFT = 1 / 8
"""Share of new records that have a field which no contract knows."""
FEWEST, MOST = 3, 24
"""Messages of one seed."""


class Kind(StrEnum):
    """What the handler does with a run token."""

    GOOD = "good"
    FLAKY = "flaky"
    """It raises at first, as often as leaves one attempt."""
    THROTTLED = "throttled"
    """It asks for less at first."""
    POISON = "poison"
    """It never succeeds, and says so."""
    HOPELESS = "hopeless"
    """It never succeeds, and hopes each time."""
    BROKEN = "broken"
    """It is no record."""


NEVER = frozenset({Kind.POISON, Kind.HOPELESS})
WEIGHTS = {Kind.GOOD: 12, Kind.FLAKY: 3, Kind.THROTTLED: 1, Kind.POISON: 2, Kind.HOPELESS: 1, Kind.BROKEN: 2}


@dataclass(frozen=True)
class Sent:
    """One message to be sent."""

    record: SampleRecord
    kind: Kind
    token: str | None


@dataclass
class Script:
    """The messages of a seed in their order, and the kind of every run token."""

    messages: list[Sent] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)

    @classmethod
    def of(cls, random: Random, samples: Samples, *, drifts: bool) -> Script:
        """Return the script of a seed; a fifth of the messages repeats an earlier one, half of these in other words.

        Where the pipeline ``drifts``, it lands fields that it does not know.
        """
        script = cls()
        for number in range(random.randint(FEWEST, MOST)):
            if script.messages and random.random() < 1 / 5:
                again = random.choice(script.messages)
                script.messages.append(_changed(again, random, drifts=drifts) if random.random() < 1 / 2 else again)
            else:
                sent = _message(random, samples, number)
                script.messages.append(_drifted(sent, number) if drifts and random.random() < DRIFT else sent)
            sent = script.messages[-1]
            if sent.token is not None:
                script.kinds[sent.token] = sent.kind
        return script

    def around(self, handler: Callable[[Any, Run], object], attempts: int) -> Callable[[Any, Run], object]:
        """Return the handler, with what the kinds of the run tokens bring."""
        calls: Counter[str] = Counter()

        @wraps(handler)
        def wrapped(record: Any, run: Run) -> object:
            kind = self.kinds.get(run.token, Kind.GOOD)
            if kind is Kind.POISON:
                raise Permanent("simulated: never")
            if kind is Kind.HOPELESS:
                raise Recoverable(HOPELESS)
            calls[run.token] += 1
            if kind is Kind.FLAKY and calls[run.token] < attempts:
                raise Recoverable("simulated: later")
            if kind is Kind.THROTTLED and calls[run.token] == 1 and attempts > 1:
                raise Throttled("simulated: less", retry_after=5)
            return handler(record, run)

        return wrapped


def _message(random: Random, samples: Samples, number: int) -> Sent:
    (kind,) = random.choices(list(WEIGHTS), list(WEIGHTS.values()))
    sample, token = samples.known(number)
    if kind is Kind.BROKEN:
        return Sent(sample.sent(random.choice(BROKEN)), kind, None)
    return Sent(sample.sent(), kind, token)


def _changed(sent: Sent, random: Random, *, drifts: bool) -> Sent:
    """The same run token with another payload: other white space, or a field more."""
    return _drifted(sent, random.randrange(10)) if drifts and random.random() < 1 / 2 else _respaced(sent)


def _drifted(sent: Sent, number: int) -> Sent:
    """The record with a field that no contract knows; what has no fields stays as it is."""
    body = None if sent.kind is Kind.BROKEN else sent.record.body
    if not isinstance(body, dict):
        return sent
    return _told(sent, json.dumps({**body, f"drifted_{number}": number}))


def _respaced(sent: Sent) -> Sent:
    """The same record in other words: its payload hash differs, its run token does not."""
    return _told(sent, sent.record.text + " ")


def _told(sent: Sent, text: str) -> Sent:
    return replace(sent, record=replace(sent.record, text=text))
