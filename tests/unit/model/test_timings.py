"""Times that follow from each other."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.model.timings import default_claim_ttl, default_visibility_timeout

SECONDS = st.integers(0, 900).map(lambda seconds: timedelta(seconds=seconds))
DAYS = st.integers(0, 14).map(lambda days: timedelta(days=days))


def test_a_message_is_hidden_for_six_runs_and_one_window() -> None:
    assert default_visibility_timeout(timedelta(seconds=30), timedelta(seconds=5)) == timedelta(seconds=185)


@given(SECONDS, SECONDS)
def test_a_message_is_never_shown_again_while_its_run_can_still_go_on(timeout: timedelta, window: timedelta) -> None:
    assert default_visibility_timeout(timeout, window) >= timeout + window


@given(DAYS, DAYS)
def test_a_claim_outlives_the_last_replay_of_its_message(queue: timedelta, dead_letters: timedelta) -> None:
    assert default_claim_ttl(queue, dead_letters) > queue + dead_letters
