"""A choice: where it goes, and that it goes nowhere else."""

from __future__ import annotations

from tests.unit.workflow_states.made import step, texts


def test_a_choice_goes_to_its_cases_and_its_default_and_never_just_on() -> None:
    cases = [{"when": "{% true %}", "next": "a"}, {"when": "{% false %}", "next": "b"}]
    choice = step(type="choice", cases=cases, default="c")
    assert list(choice.jumps()) == [("cases[0].next", "a"), ("cases[1].next", "b"), ("default", "c")]
    assert (choice.falls_through(), choice.has_result()) == (False, False)
    assert texts(choice) == {"cases[0].when": "{% true %}", "cases[1].when": "{% false %}"}
