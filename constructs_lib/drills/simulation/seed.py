"""One seed: its world is played until all is quiet, and judged."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.clock import Context
from constructs_lib.drills.memory.faults import Crash
from constructs_lib.drills.requests import RequestWorld, request_event
from constructs_lib.drills.simulation.baton import Baton, Task
from constructs_lib.drills.simulation.calls import SimulatedCalls
from constructs_lib.drills.simulation.environments import Environment, make_environment
from constructs_lib.drills.simulation.judge import Verdict, judge
from constructs_lib.drills.simulation.letters import Letters
from constructs_lib.drills.simulation.operator import Operator
from constructs_lib.drills.simulation.order import Order
from constructs_lib.drills.simulation.script import Script, Sent
from constructs_lib.drills.simulation.weather import Weather
from constructs_lib.drills.world import WITHOUT_LIMIT
from constructs_lib.operations.dead_letters import HOLD_SECONDS

if TYPE_CHECKING:
    from constructs_lib.drills.memory.sqs import Message
    from constructs_lib.drills.planned import Planned
    from constructs_lib.drills.samples.records import Samples
    from constructs_lib.drills.simulation.actors import Actor

LONGEST = 20_000
"""Steps after which a seed that is still not quiet never will be."""
LAST_REPLAYS = 2
"""Rounds in which all dead letters are replayed once all is calm."""


TOGETHER = 1.0
"""Seconds that clocks may differ before a worker takes a lease for over that is not, and gives up what others do."""


class NeverQuietError(Exception):
    """A world that goes on for ever."""


@dataclass(frozen=True)
class Played:
    """What came of one seed."""

    seed: int
    calls: int
    crashes: int
    faults: int
    verdict: Verdict
    log: tuple[str, ...]
    problem: str = ""
    """What ended the seed before it could be judged."""

    @property
    def good(self) -> bool:
        """Whether everything held."""
        return self.verdict.good and not self.problem

    @property
    def others(self) -> int:
        """What was found beside records that are lost, landed twice or unexplained."""
        verdict = self.verdict
        found = (verdict.tampered, verdict.overspent, verdict.letters, verdict.overtaking)
        return sum(map(len, found)) + bool(self.problem)


def play(actor: Actor, seed: int) -> Played:
    """Play one seed; nothing is printed."""
    play = _Play(actor, Random(seed))
    problem = ""
    with redirect_stdout(io.StringIO()):
        try:
            play.until_quiet()
        except (NeverQuietError, AssertionError, LookupError, TypeError, ValueError, AttributeError) as error:
            problem = f"{type(error).__name__}: {error}"
            play.baton.abandon()
    calls = play.calls
    verdict = Verdict() if problem else play.verdict()
    return Played(seed, len(calls.names), calls.crashes, calls.faults, verdict, tuple(calls.log), problem)


class _Play:
    """The world of one seed and everybody in it."""

    def __init__(self, actor: Actor, random: Random) -> None:
        self.planned = planned = actor.planned(random)
        self.random = random
        self.weather = Weather.of(random)
        self.script = Script.of(random, actor.samples, drifts=_drifts(planned, actor.samples))
        self.attempts = planned.settings.retry.max_attempts
        self.world = planned.world(self.script.around(planned.handler, self.attempts))
        self.world.logger_name = "simulation"
        self.baton = Baton()
        self.calls = SimulatedCalls(baton=self.baton, weather=self.weather, clock=self.world.clock)
        self.batch = 1 if planned.settings.synchronous else planned.batch_size
        self.unsent = list(self.script.messages)
        self.requests: dict[str, Task] = {}
        self.lanes: dict[str, list[tuple[str, str]]] = {}
        self.letters = Letters(self.world.dlq, planned.settings.retry.max_receive_count or WITHOUT_LIMIT)
        self._join()
        self.operator = Operator(self.world)
        self.environments = [self._environment() for _ in range(random.randint(1, 4))]

    def until_quiet(self) -> None:
        """Play until nothing is left to do; then replay all letters, twice."""
        last = LAST_REPLAYS
        for _ in range(LONGEST):
            if self._act():
                continue
            if self.world.sqs.queue(self.world.buffer):
                soonest = self.world.sqs.soonest(self.world.buffer)
                self.world.clock.advance(max(0.0, soonest - self.world.clock.now()) + 0.001)
            elif last and self.world.dead_letters():
                last -= 1
                self.weather.storm = 0
                self.world.clock.advance(HOLD_SECONDS + 1)
                self._replay(None)
            else:
                self.world.clock.advance(HOLD_SECONDS + 1)
                return
        raise NeverQuietError(f"not quiet after {LONGEST} steps")

    def verdict(self) -> Verdict:
        """Judge what has become of the world."""
        kinds, skew = self.script.kinds, self.weather.skew
        if self.planned.settings.synchronous:
            return judge(self.world, kinds, skew=skew)
        letters = self.letters if skew <= TOGETHER else None
        unsure = {request for request, task in self.requests.items() if task in self.calls.unsure}
        order = Order(self.lanes, self.world.sqs.moved, unsure)
        return judge(self.world, kinds, letters=letters, skew=skew, budget=self.attempts, order=order)

    def _join(self) -> None:
        world, weather, calls = self.world, self.weather, self.calls
        world.calls = world.dynamodb.calls = world.s3.calls = world.sqs.calls = calls
        calls.disturbed = self.letters.disturbed
        world.sqs.watch = lambda url, message: self.letters.watch(url, message, self.baton.holder)
        world.dynamodb.refuse = lambda _table, _item: "ThrottlingError" if calls.happens(weather.throttled) else None
        world.dynamodb.leaves_unread = lambda: calls.happens(weather.unread)
        world.dynamodb.repeats = lambda: calls.happens(weather.twice)
        world.sqs.refuse = lambda _entry: "InternalError" if calls.happens(weather.queue_refuses) else None

    def _environment(self) -> Environment:
        return make_environment(self.world, self.random.uniform(-self.weather.skew, self.weather.skew))

    def _act(self) -> bool:
        """Do one thing that can be done now; returns whether there was one."""
        world = self.world
        idle = [environment for environment in self.environments if not environment.busy]
        visible = world.sqs.queue(world.buffer) and world.sqs.soonest(world.buffer) <= world.clock.now()
        choices = ["step"] * (4 * bool(self.baton.running)) + ["receive"] * (2 * bool(idle and visible))
        choices += ["send"] * bool(self.unsent)
        if not choices:
            return False
        choice = self.random.choice(choices)
        if choice == "step":
            self._step()
        elif choice == "receive":
            self._receive(self.random.choice(idle))
        else:
            sent = self.unsent.pop(0)
            self._send(sent)
        if not self.operator.busy and world.dead_letters() and self.weather.happens(self.weather.replayed):
            self._replay(self.random.choice((1, 2, None)))
        return True

    def _send(self, sent: Sent) -> None:
        if sent.token is None:
            self.world.put_broken(sent.record)
            return
        message = self.world.put(sent.record)
        if self.planned.settings.streaming or message.group:
            self.lanes.setdefault(sent.record.group, []).append((message.id, sent.token))

    def _step(self) -> None:
        if self.weather.happens(self.weather.late):
            self.world.clock.advance(self.random.uniform(0, 1.5 * self.world.timeout))
            for task in self.baton.running:
                self.letters.disturbed(task)
        self.baton.step(self.random.choice(self.baton.running))

    def _replay(self, limit: int | None) -> None:
        if isinstance(self.world, RequestWorld):
            self.world.send_again()
            return
        self.operator.busy = True
        self.baton.start(lambda: self.operator.replay(limit))

    def _receive(self, environment: Environment) -> None:
        """Hand an environment some of the visible messages, in any order."""
        sqs, buffer = self.world.sqs, self.world.buffer
        if not self.planned.settings.streaming:
            self._shuffle(sqs.queue(buffer))
        messages = self.world.hand_out(self.random.randint(1, self.batch))
        records = [message.to_record() for message in messages]
        for message in messages:
            if self.weather.happens(self.weather.twice):
                message.visible_at = self.world.clock.now()
        if records:
            environment.busy = True
            self.baton.start(lambda: self._invoke(environment, messages, records))

    def _shuffle(self, waiting: list[Message]) -> None:
        """Bring messages into any order that the queue may hand them over in: a FIFO queue keeps that of each group."""
        if not self.planned.settings.ordered:
            self.random.shuffle(waiting)
            return
        places = [message.group for message in waiting]
        self.random.shuffle(places)
        groups = {group: iter([one for one in waiting if one.group == group]) for group in places}
        waiting[:] = [next(groups[group]) for group in places]

    def _answered(self, environment: Environment, records: list[dict[str, Any]], context: Context) -> dict[str, Any]:
        if not isinstance(self.world, RequestWorld):
            return environment.deployed.invoke(self.world.event(records), context)
        (record,) = records
        return self.world.take(record, environment.deployed.invoke(request_event(record), context))

    def _invoke(self, environment: Environment, messages: list[Message], records: list[dict[str, Any]]) -> None:
        self.world.invocations += 1
        clock = environment.clock
        task = self.baton.holder
        ends = self.world.clock.now() + self.world.timeout
        if task is not None:
            self.calls.ends[task] = ends
        request = f"request-{self.world.invocations}"
        context = Context(clock, clock.now() + self.world.timeout, request)
        if task is not None:
            self.requests[request] = task
        try:
            answer = self._answered(environment, records, context)
        except Crash:
            self.world.lose(messages)
            self.environments[self.environments.index(environment)] = self._environment()
            return
        environment.busy = False
        self.world.acknowledge(messages, answer, lambda: self.weather.happens(self.weather.forgotten))


def _drifts(planned: Planned, samples: Samples) -> bool:
    """Return whether a pipeline lands fields that no contract knows; a read has no body that could have any."""
    return not planned.settings.reading and samples.may_drift
