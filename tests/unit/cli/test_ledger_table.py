"""The table of ledger entries: runs are told apart in few characters."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from constructs_lib.cli._demo_view import ledger_table
from tests.unit.operations.in_memory import entry

MESSAGE = "9e220032-8b44-44e5-9e62-ef4371edbc60"


@pytest.mark.parametrize(
    ("run_id", "shown"),
    [(f"{MESSAGE}.4", "9e220032.4"), (f"{MESSAGE}.4.replay.{'a' * 32}", "9e220032.4.replay")],
)
def test_a_run_is_shown_by_the_beginning_of_its_message_and_a_replay_by_what_it_repeats(
    run_id: str, shown: str
) -> None:
    out = io.StringIO()
    Console(file=out, width=200).print(ledger_table((entry(run_id),)))
    assert out.getvalue().splitlines()[-1].split()[2] == shown
