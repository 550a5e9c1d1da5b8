"""The breaker: many workers, any order of events, and never two probes at once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from functions.runtime.back_pressure.breaker import LONGEST_INTERVAL, Breaker, Limits, Phase

LIMITS = Limits(threshold=3, recovery=30_000, row=60_000)
NOW = 1_700_000_000_000


def failed(breaker: Breaker, times: int, *, succeeded_at: int = 0) -> Breaker:
    for _ in range(times):
        breaker = breaker.failed(NOW, "worker", "Recoverable", succeeded_at, LIMITS)
    return breaker


def test_failures_in_a_row_open_it_and_one_less_does_not() -> None:
    assert failed(Breaker(), 2).closed
    opened = failed(Breaker(), 3)
    assert (opened.phase, opened.retry_at, opened.opened_at) == (Phase.OPEN, NOW + 30_000, NOW)


def test_a_success_since_the_last_failure_begins_a_new_row() -> None:
    assert failed(failed(Breaker(), 2), 1, succeeded_at=NOW + 1).failures == 1


def test_a_long_silence_begins_a_new_row() -> None:
    before = failed(Breaker(), 2)
    assert before.failed(NOW + 60_001, "worker", "Recoverable", 0, LIMITS).failures == 1
    assert not before.failed(NOW + 60_000, "worker", "Recoverable", 0, LIMITS).closed


def test_each_failed_probe_doubles_the_interval_up_to_fifteen_minutes() -> None:
    breaker, intervals = failed(Breaker(), 3), []
    for _ in range(7):
        at = breaker.retry_at
        breaker = breaker.claimed(at, "prober", at + 1000).failed(at, "prober", "Recoverable", 0, LIMITS)
        intervals.append(breaker.interval // 1000)
    assert intervals == [60, 120, 240, 480, 900, 900, 900]
    assert breaker.opened_at == NOW


def test_a_probe_is_no_one_elses_before_its_time_or_while_its_worker_lives() -> None:
    opened = failed(Breaker(), 3)
    assert opened.claimed(opened.retry_at - 1, "early", NOW) is opened
    probed = opened.claimed(opened.retry_at, "first", opened.retry_at + 5000)
    assert probed.probed_by("first")
    assert probed.claimed(opened.retry_at + 4999, "second", NOW) is probed
    assert probed.claimed(opened.retry_at + 5000, "second", NOW).probed_by("second")


def test_only_the_prober_closes_it_or_keeps_it_open() -> None:
    opened = failed(Breaker(), 3)
    probed = opened.claimed(opened.retry_at, "prober", opened.retry_at + 5000)
    assert probed.succeeded(opened.retry_at, "late worker") is probed
    assert probed.failed(opened.retry_at, "late worker", "Recoverable", 0, LIMITS) is probed
    assert probed.succeeded(opened.retry_at, "prober").closed


def test_a_probe_that_tells_nothing_makes_room_at_once() -> None:
    opened = failed(Breaker(), 3)
    left = opened.claimed(opened.retry_at, "prober", opened.retry_at + 5000).abandoned(opened.retry_at, "prober")
    assert left.probe_due(opened.retry_at)
    assert left.interval == opened.interval


def test_a_record_waits_for_the_next_probe_with_jitter() -> None:
    opened = failed(Breaker(), 3)
    assert opened.wait(NOW, lambda low, high: low) == 30
    assert opened.wait(NOW, lambda low, high: high) == 37.5


def test_it_is_read_back_as_it_was_written() -> None:
    opened = replace(failed(Breaker(), 3), version=7)
    assert Breaker.from_text(7, opened.to_text()) == opened


def test_an_unknown_phase_is_refused() -> None:
    with pytest.raises(ValueError, match="ajar"):
        Breaker.from_text(1, '{"phase":"ajar"}')


class Workers(RuleBasedStateMachine):
    """Workers that read the breaker, are interrupted, and write what they made of it only if nobody was faster."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.stored = Breaker()
        self.probing: dict[str, int] = {}

    def write(self, read: Breaker, wanted: Breaker) -> bool:
        """The store's condition: what was read still stands."""
        if wanted is read:
            return True
        if read.version != self.stored.version:
            return False
        self.stored = replace(wanted, version=read.version + 1)
        return True

    @rule(seconds=st.integers(0, 1000))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * 1000
        self.probing = {worker: until for worker, until in self.probing.items() if until > self.now}

    @rule(names=st.permutations(["a", "b", "c"]), lease=st.integers(1, 60))
    def all_want_to_probe(self, names: list[str], lease: int) -> None:
        read, until = self.stored, self.now + lease * 1000
        for name in names:
            wanted = read.claimed(self.now, name, until)
            if self.write(read, wanted) and wanted is not read:
                self.probing[name] = until

    @rule(name=st.sampled_from("abc"), times=st.integers(1, 4))
    def one_fails(self, name: str, times: int) -> None:
        for _ in range(times):
            self.write(self.stored, self.stored.failed(self.now, name, "Recoverable", 0, LIMITS))
        self.probing.pop(name, None)

    @rule(name=st.sampled_from("abc"), told=st.booleans())
    def one_succeeds_or_tells_nothing(self, name: str, told: bool) -> None:
        breaker = self.stored
        self.write(breaker, breaker.succeeded(self.now, name) if told else breaker.abandoned(self.now, name))
        self.probing.pop(name, None)

    @invariant()
    def never_two_probes_at_once(self) -> None:
        assert len(self.probing) <= 1

    @invariant()
    def never_stuck(self) -> None:
        later = self.now + LONGEST_INTERVAL
        assert self.stored.closed or self.stored.probe_due(later)

    @precondition(lambda self: not self.stored.closed)
    @rule()
    def one_good_probe_ends_it(self) -> None:
        self.now += LONGEST_INTERVAL
        self.probing.clear()
        self.stored = self.stored.claimed(self.now, "last", self.now + 1000).succeeded(self.now, "last")
        assert self.stored.closed


TestManyWorkers = Workers.TestCase
TestManyWorkers.settings = hypothesis_settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_what_a_newer_version_adds_is_left_out() -> None:
    told = json.loads(Breaker(failures=3).to_text())
    assert Breaker.from_text(0, json.dumps({**told, "newer": 1})) == Breaker(failures=3)
