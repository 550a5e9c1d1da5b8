"""How long a failed record waits."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from functions.contract.environment import RetrySettings
from functions.runtime.backoff import INVOCATION, MAX_VISIBILITY, backoff, longest_delay, visibility

RETRIES = st.builds(
    RetrySettings,
    max_attempts=st.integers(1, 1000),
    interval_seconds=st.floats(0, 43_200),
    backoff_rate=st.floats(1, 100),
    max_delay_seconds=st.floats(0, 43_200),
    jitter=st.sampled_from(["full", "none"]),
)


@given(retry=RETRIES, attempt=st.integers(1, 1000), seed=st.integers())
def test_a_delay_stays_between_zero_and_its_bounds(retry: RetrySettings, attempt: int, seed: int) -> None:
    delay = backoff(retry, attempt, random.Random(seed).uniform)
    assert 0 <= delay <= longest_delay(retry, attempt) <= retry.max_delay_seconds
    assert 0 <= visibility(delay) <= MAX_VISIBILITY - INVOCATION


@given(retry=RETRIES, attempt=st.integers(1, 999))
def test_bounds_never_shrink(retry: RetrySettings, attempt: int) -> None:
    assert longest_delay(retry, attempt) <= longest_delay(retry, attempt + 1)


def test_bounds_grow_by_the_rate_up_to_the_longest() -> None:
    retry = RetrySettings(max_attempts=9, interval_seconds=2, backoff_rate=3, max_delay_seconds=60)
    assert [longest_delay(retry, attempt) for attempt in range(1, 6)] == [2, 6, 18, 54, 60]


def test_full_jitter_spreads_delays_and_none_does_not() -> None:
    full = RetrySettings(max_attempts=9, interval_seconds=10, backoff_rate=1, max_delay_seconds=60)
    none = RetrySettings(max_attempts=9, interval_seconds=10, backoff_rate=1, max_delay_seconds=60, jitter="none")
    uniform = random.Random(1).uniform
    delays = [backoff(full, 1, uniform) for _ in range(500)]
    assert min(delays) < 1
    assert max(delays) > 9
    assert 4 < sum(delays) / len(delays) < 6
    assert {backoff(none, 1, uniform) for _ in range(10)} == {10}


def test_visibility_is_whole_seconds_that_sqs_takes() -> None:
    assert [visibility(seconds) for seconds in (-5, 0, 0.1, 2.0, 10**9)] == [0, 0, 1, 2, MAX_VISIBILITY - INVOCATION]
