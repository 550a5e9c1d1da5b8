"""How a table is made from runs that took turns."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.report import cells, markdown, save
from benchmarks.rounds import take_turns
from benchmarks.row import Row, at_most, compared, no_more_than


def test_sides_take_turns_and_the_first_changes_with_every_round() -> None:
    order: list[str] = []

    def run(name: str) -> int:
        order.append(name)
        return len(order)

    rounds = take_turns({"ours": lambda: run("ours"), "peer": lambda: run("peer")}, 2, warm_up=1)

    assert order == ["ours", "peer", "peer", "ours", "ours", "peer"]
    assert rounds == [{"peer": 3, "ours": 4}, {"ours": 5, "peer": 6}]


def test_the_ratio_is_the_median_of_the_rounds_and_not_the_ratio_of_the_medians() -> None:
    row = compared("synth", "x", "s", [(1, 2), (30, 30), (2, 8)])

    assert (row.ours, row.peer, row.ratio) == (2, 8, 0.5)


def test_a_target_is_met_up_to_its_limit_and_missed_above_it() -> None:
    assert Row("synth", "x", "s", 3, 4, 0.75, at_most(0.75)).met is True
    assert Row("synth", "x", "s", 3, 4, 0.751, at_most(0.75)).met is False
    assert Row("synth", "x", "s", 3, 4, 0.75).met is None


def test_a_target_of_our_own_side_does_not_look_at_the_ratio() -> None:
    assert Row("runtime", "calls", "count", 3, 1, 3.0, no_more_than(3)).met is True
    assert Row("runtime", "calls", "count", 4, 400, 0.01, no_more_than(3)).met is False


def test_a_missed_target_is_said_in_the_table() -> None:
    row = Row("synth", "x", "s", 0.5, 0.4, 1.25, at_most(1 / 6, "1/6"))

    assert cells(row) == ("x", "0.50 s", "0.40 s", "1.25", "≤ 1/6", "missed")


def test_the_page_names_machine_topic_and_command(tmp_path: Path) -> None:
    rows = [compared("cold start", "x", "ms", [(1, 2)], at_most(0.7))]

    save(rows, {"Python": "3.11.7"}, tmp_path)

    page = (tmp_path / "results.md").read_text()
    assert page == markdown(rows, {"Python": "3.11.7"})
    assert "| cold start | x | 1.0 ms | 2.0 ms | 0.500 | ≤ 0.70 | met |" in page
    assert "1 of 1 met" in page
    assert "make bench" in page
    assert "- Python: 3.11.7" in page
    kept = json.loads((tmp_path / "results.json").read_text())
    assert kept["rows"][0]["samples"] == [[1, 2]]
    assert kept["rows"][0]["met"] is True
