"""What a drill works with: worlds, records, faults, and expectations that end it with a report."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import Fault
from constructs_lib.drills.memory.limits import OutsideLimits
from constructs_lib.drills.parts import missing_parts, shares
from constructs_lib.drills.report import DrillFailure, Outcome
from constructs_lib.drills.requests import answers_that_differ
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from constructs_lib.drills.memory.sqs import Message
    from constructs_lib.drills.samples.records import Sample
    from constructs_lib.drills.subject import Subject
    from constructs_lib.drills.world import World
    from functions.runtime import Run

    Handler = Callable[[Any, Run], object]
    Effects = Callable[[], Iterable[tuple[str, Any]]]

ROUNDS = 1000
"""Deliveries after which a buffer that is still not empty never will be."""
OUR_FAULT = "this is the platform's promise, not the handler's: report it with the seed"
TICKS = 3
"""Ticks of one batch: a schedule seldom sends two at once."""
KILLS = (Fault.KILLED_BEFORE, Fault.KILLED_AFTER)


class Scene:
    """One drill of one pipeline. ``first`` is the number of its first record: no two drills share a run token."""

    def __init__(self, subject: Subject, outcome: Outcome, first: int, effects: Effects | None = None) -> None:
        """``effects`` returns every effect made elsewhere so far, as pairs of run token and effect."""
        self.subject = subject
        self.outcome = outcome
        self.random = random.Random(f"{outcome.seed}/{outcome.drill}")
        self.settings = subject.planned.settings
        self.attempts = self.settings.retry.max_attempts
        self.batch = TICKS if subject.ticks else min(10, max(2, subject.planned.batch_size))
        self._effects = effects
        self._next = first
        self._worlds: list[World] = []

    @property
    def synchronous(self) -> bool:
        """Whether the handler answers requests."""
        return self.settings.synchronous

    @property
    def handler(self) -> Handler:
        """The user's function."""
        return self.subject.planned.handler

    def did(self, step: str) -> None:
        """Note a step for the report."""
        if step not in self.outcome.done:
            self.outcome.done.append(step)

    def world(self, around: Callable[[Handler, Any, Run], object] | None = None) -> World:
        """Return a new world; ``around`` is called in the handler's place and is given the handler."""
        handler = self.handler

        @wraps(handler)
        def wrapped(record: Any, run: Run) -> object:
            return around(handler, record, run) if around else handler(record, run)

        world = self.subject.planned.world(wrapped)
        self._worlds.append(world)
        return world

    def records(self, count: int | None = None) -> list[Sample]:
        """Return records that were never used before; a batch of them when no number is given."""
        count = self.batch if count is None else count
        self._next += count
        return [self.subject.samples.record(number) for number in range(self._next - count, self._next)]

    def send(self, world: World, samples: Iterable[Sample]) -> list[Message]:
        """Put records on the buffer."""
        return [world.put(sample.sent()) for sample in samples]

    def inject(self, world: World, plan: Callable[[int, str], Fault | None]) -> None:
        """Let calls go wrong by a plan; kills are counted."""

        def counted(index: int, name: str) -> Fault | None:
            fault = plan(index, name)
            self.outcome.crashes += fault in KILLS
            return fault

        world.calls.plan = counted

    def take_out(self, world: World, out: Callable[[], bool] = lambda: True) -> None:
        """Let every output, the workflow and the bucket of the Raw Stage take nothing while ``out`` says so."""
        workflow = self.settings.workflow.state_machine if self.settings.workflow else ""
        targets = {*world.clients.targets(), self.settings.raw_bucket, workflow}
        world.calls.out = lambda target: target in targets and out()

    def expect(self, kept: bool, expected: str, found: str, way_out: str = OUR_FAULT) -> None:
        """End the drill with a report unless the expectation is kept."""
        if not kept:
            raise DrillFailure(expected, found, way_out)

    def token(self, sample: Sample) -> str:
        """Return the run token of a record."""
        return self.subject.samples.token(sample)

    def quiet(self, world: World, size: int | None = None) -> None:
        """Deliver until the buffer is empty."""
        try:
            world.until_quiet(size or self.batch, ROUNDS)
        except OutsideLimits as error:
            raise DrillFailure("calls that AWS takes", str(error), OUR_FAULT) from None
        except AssertionError:
            left = len(world.sqs.queue(world.buffer))
            raise DrillFailure(
                "the buffer runs empty", f"{left} messages after {ROUNDS} deliveries", OUR_FAULT
            ) from None

    def settle(
        self, world: World, samples: Sequence[Sample], *, size: int | None = None, may_give_up: bool = False
    ) -> None:
        """Deliver until nothing is left, and expect one effect of each record; a dead letter only where it may be."""
        self.quiet(world, size)
        tokens = {self.token(sample): sample for sample in samples}
        completions = Counter(entry.run_token for entry in world.completed())
        given_up = {entry.run_token for entry in world.entries(Status.DEAD_LETTERED)} if may_give_up else set()
        ended = given_up | self.skipped(world)
        missing = [token for token in tokens if not completions[token] and token not in ended]
        self.expect(
            not missing,
            f"each of {len(tokens)} records lands",
            f"{len(missing)} did not: {told(world, missing)}",
            f"if the handler refuses them, give records that it takes in {self._samples_file}; else {OUR_FAULT}",
        )
        self.one_effect_each(world)

    def skipped(self, world: World) -> set[str]:
        """Return the ticks of which the ledger says why they were not run; other sources send what is to be run."""
        if not self.subject.ticks:
            return set()
        return {entry.run_token for entry in world.entries(Status.SKIPPED)}

    def one_effect_each(self, world: World) -> None:
        """Expect that no run token is completed twice, no line is named twice, and no effect made elsewhere twice."""
        entries = world.completed()
        twice = [token for token, count in Counter(entry.run_token for entry in entries).items() if count > 1]
        self.expect(not twice, "one completion of each run token", f"{len(twice)} were completed twice")
        places = Counter(entry.location for entry in entries if entry.location and not shares(world))
        shared = [place for place, count in places.items() if count > 1]
        self.expect(not shared, "lines of its own for each run", f"{len(shared)} places are named twice")
        differ = answers_that_differ(world.answers)
        self.expect(
            not differ, "the same answer to the same request", f"{len(differ)} requests were answered in two ways"
        )
        self._parts_whole(world)
        self.effects_once()

    def _parts_whole(self, world: World) -> None:
        """Expect that every part of what counts as shared out was handed over."""
        missing = list(missing_parts(world)) if shares(world) else []
        self.expect(not missing, "what counts as shared out was handed over whole", f"{len(missing)} records were not")

    def effects_once(self) -> None:
        """Expect each effect that the handler made elsewhere once per run token."""
        if self._effects is None:
            return
        twice = [pair for pair, count in Counter(map(repr, self._effects())).items() if count > 1]
        self.expect(
            not twice,
            "each effect made elsewhere happens once per run token",
            f"{len(twice)} happened again, the first: {twice[0] if twice else ''}",
            "make the effect under the run token (run.token), so that the other side knows it again",
        )

    def finish(self) -> None:
        """Count what the drill took."""
        self.outcome.calls = sum(len(world.calls.names) for world in self._worlds)

    def again(self, world: World, messages: Iterable[Message]) -> list[dict[str, Any]]:
        """Return messages as a second poller hands them over, each received once more."""
        for message in messages:
            message.receive_count += 1
        return [message.to_record() for message in messages if message in world.sqs.queue(world.buffer)]

    def replay_letters(self, world: World) -> None:
        """Send every dead letter back to the buffer, as an operator does."""
        for letter in list(world.dead_letters()):
            world.sqs.delete(world.dlq, letter)
            kept = {name: value for name, value in letter.attributes.items() if name != "failure"}
            world.sqs.put(world.buffer, letter.body, kept, letter.group)

    @property
    def _samples_file(self) -> str:
        return (self.subject.file.parent / "samples" / f"{self.subject.name}.json").as_posix()


def told(world: World, tokens: Iterable[str]) -> str:
    """Return what the ledger says of run tokens, each outcome once."""
    wanted = set(tokens)
    said = [entry for entry in world.entries() if entry.run_token in wanted]
    words = dict.fromkeys(
        " ".join(part for part in (entry.status.value, entry.error_type, entry.error_message) if part) for entry in said
    )
    return "; ".join(words)[:500] or "the ledger has no word of them"


def refusing_put(run: Run, error: Exception) -> Run:
    """Return the run with outputs whose every ``put`` raises."""
    answers_to_any_name: Any = _Refusing(error)
    return replace(run, outputs=answers_to_any_name)


class _Refusing:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> _Refusing:
        return self

    def put(self, _value: Any, **_how: Any) -> None:
        raise self._error

    def delete(self, _key: Any) -> None:
        raise self._error
