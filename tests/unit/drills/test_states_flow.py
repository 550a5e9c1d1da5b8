"""States in memory follow each other as Amazon States Language says."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from constructs_lib.drills.memory.states.errors import DefinitionError
from tests.machines import Bench, chain, failing, invoke, machine

ALL_RETRIED = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "BackoffRate": 2, "MaxAttempts": 2}


def test_variables_are_assigned_when_a_state_is_done_and_seen_by_the_next() -> None:
    first = {"Type": "Pass", "Assign": {"n": 1}, "Next": "second"}
    second = {
        "Type": "Pass",
        "Assign": {"n": "{% $n + 1 %}"},
        "Output": {"seen": "{% $n %}", "whole": "{% $states.input.a %}"},
        "Next": "third",
    }
    third = {"Type": "Succeed", "Output": {"n": "{% $n %}", "before": "{% $states.input %}"}}
    done = Bench().run({"first": first, "second": second, "third": third}, {"a": None})
    assert done.output == {"n": 2, "before": {"seen": 1, "whole": None}}


def test_undefined_is_an_error_that_can_be_caught_and_null_is_a_value() -> None:
    catch = [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "caught"}]
    states = {
        "ask": invoke("f", "{% $states.input.missing %}", Next="fine", Catch=catch),
        "fine": {"Type": "Succeed"},
        "caught": {"Type": "Succeed", "Output": "{% $states.input.Error %}"},
    }
    assert Bench(f=lambda given: given).run(states, {}).output == "States.QueryEvaluationError"
    assert Bench(f=lambda given: given).run(states, {"missing": None}).output is None


def test_texts_are_expressions_only_when_the_marks_are_their_ends() -> None:
    state = {"Type": "Succeed", "Output": ["{% 1 + 1 %}", " {% 1 + 1 %}", "is {% 1 %}"]}
    assert Bench().run({"s": state}).output == [2, " {% 1 + 1 %}", "is {% 1 %}"]


@pytest.mark.parametrize(("value", "went"), [(1, "one"), (2, "two"), (3, "other")])
def test_a_choice_goes_the_first_way_that_holds(value: int, went: str) -> None:
    choices = [
        {"Condition": "{% $states.input < 2 %}", "Next": "end", "Assign": {"went": "one"}},
        {"Condition": "{% $states.input < 3 %}", "Next": "end", "Assign": {"went": "two"}},
    ]
    states = {
        "ask": {"Type": "Choice", "Choices": choices, "Default": "end", "Assign": {"went": "other"}},
        "end": {"Type": "Succeed", "Output": "{% $went %}"},
    }
    assert Bench().run(states, value).output == went


def test_a_choice_that_nothing_matches_fails_and_one_without_a_truth_value_too() -> None:
    choices = [{"Condition": "{% $states.input %}", "Next": "end"}]
    states = {"ask": {"Type": "Choice", "Choices": choices}, "end": {"Type": "Succeed"}}
    assert Bench().run(states, False).error == "States.NoChoiceMatched"
    assert Bench().run(states, "yes").error == "States.QueryEvaluationError"


def test_waits_cost_no_time_but_that_of_the_clock() -> None:
    bench = Bench()
    states = {
        "a": {"Type": "Wait", "Seconds": "{% $states.input %}", "Next": "b"},
        "b": {"Type": "Wait", "Seconds": 60},
    }
    assert bench.run(states, 1140).elapsed == 1200
    past = {"a": {"Type": "Wait", "Timestamp": "2001-01-01T00:00:00Z"}}
    assert Bench().run(past).elapsed == 0
    later = {"a": {"Type": "Wait", "Timestamp": "2023-11-14T23:13:20Z"}}
    assert Bench().run(later).elapsed == 3600


def test_retries_wait_longer_each_time_and_then_the_error_stands() -> None:
    bench = Bench(f=failing("Busy", "Busy", "Busy"))
    ended = bench.run({"ask": invoke("f", Retry=[{**ALL_RETRIED, "MaxDelaySeconds": 3}])})
    assert (ended.status, ended.error) == ("FAILED", "Busy")
    assert [at for at, *_ in bench.calls] == [0, 2, 5]


def test_each_retrier_counts_its_own_attempts() -> None:
    bench = Bench(f=failing("A", "B", "A", "B"))
    retry = [{"ErrorEquals": [name], "MaxAttempts": 2, "IntervalSeconds": 1, "BackoffRate": 1} for name in ("A", "B")]
    assert bench.run({"ask": invoke("f", Retry=retry)}).output == "done"
    assert len(bench.calls) == 5


def test_no_attempts_left_of_the_first_retrier_that_means_it_is_the_end() -> None:
    never = {"ErrorEquals": ["Permanent"], "MaxAttempts": 0}
    bench = Bench(f=failing("Permanent"))
    assert bench.run({"ask": invoke("f", Retry=[never, ALL_RETRIED])}).error == "Permanent"
    assert len(bench.calls) == 1


def test_full_jitter_draws_from_zero_to_the_delay() -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 100, "MaxAttempts": 3, "JitterStrategy": "FULL"}]
    bench = Bench(f=failing("A", "A", "A"))
    assert bench.run({"ask": invoke("f", Retry=retry)}).output == "done"
    times = [at for at, *_ in bench.calls]
    delays = [b - a for a, b in pairwise(times)]
    assert all(0 < delay < longest for delay, longest in zip(delays, (100, 200, 400), strict=True))


@pytest.mark.parametrize(
    ("error", "names", "caught"),
    [
        ("Declined", ["Declined"], True),
        ("Declined", ["Other"], False),
        ("Declined", ["States.ALL"], True),
        ("Declined", ["States.TaskFailed"], True),
        ("States.Timeout", ["States.TaskFailed"], False),
        ("States.Timeout", ["States.ALL"], True),
        ("States.DataLimitExceeded", ["States.ALL"], False),
        ("States.DataLimitExceeded", ["States.DataLimitExceeded"], True),
        ("States.Runtime", ["States.ALL"], False),
        ("States.Runtime", ["States.Runtime"], False),
    ],
)
def test_catchers_mean_what_aws_says_they_mean(error: str, names: list[str], caught: bool) -> None:
    states = {
        "ask": invoke("f", Catch=[{"ErrorEquals": names, "Next": "end"}]),
        "end": {"Type": "Succeed", "Output": "{% $states.input %}"},
    }
    ended = Bench(f=failing(error)).run(states)
    expected: tuple[Any, Any] = ({"Error": error, "Cause": "told"}, None) if caught else (None, error)
    assert (ended.output, ended.error) == expected


def test_the_first_catcher_counts_and_assigns_the_error() -> None:
    catch = [
        {"ErrorEquals": ["A"], "Next": "end", "Assign": {"went": "{% $states.errorOutput.Error & $states.input %}"}},
        {"ErrorEquals": ["States.ALL"], "Next": "end", "Assign": {"went": "all"}},
    ]
    states = {"ask": invoke("f", Catch=catch), "end": {"Type": "Succeed", "Output": "{% $went %}"}}
    assert Bench(f=failing("A")).run(states, "!").output == "A!"
    assert Bench(f=failing("B")).run(states, "!").output == "all"


def test_more_than_256_kib_in_a_state_is_too_much_and_just_as_much_is_not() -> None:
    fits, over = "x" * (262_144 - 2), "x" * (262_144 - 1)
    assert Bench(f=lambda _: None).run({"s": {"Type": "Succeed", "Output": "fine"}}, fits).output == "fine"
    assert Bench().run({"s": {"Type": "Succeed"}}, over).error == "States.DataLimitExceeded"
    wide = {"Type": "Pass", "Output": ["{% $states.input %}", "{% $states.input %}"]}
    assert Bench().run({"s": wide}, "x" * 140_000).error == "States.DataLimitExceeded"
    assert Bench(f=lambda _: over).run({"ask": invoke("f")}).error == "States.DataLimitExceeded"


def test_a_whole_timeout_ends_an_execution_wherever_it_is() -> None:
    states = {"a": {"Type": "Wait", "Seconds": 50, "Next": "b"}, "b": {"Type": "Succeed"}}
    ended = Bench().run(states, TimeoutSeconds=20)
    assert (ended.status, ended.error, ended.elapsed) == ("TIMED_OUT", "States.Timeout", 20)
    bench = Bench()
    assert bench.run(states, TimeoutSeconds=60).status == "SUCCEEDED"
    assert bench.states.now - bench.began == 50


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ({"a": {"Type": "Pass", "Next": "b"}}, "'b' is no state"),
        ({"a": {"Type": "Succeed"}, "b": {"Type": "Succeed"}}, "b: cannot be reached"),
        ({"a": {"Type": "Pass", "Output": "{% $a + %}"}}, "a.Output"),
        ({"a": {"Type": "Pass", "Assign": {"states": 1}}}, "reserved"),
        ({"a": {"Type": "Pass", "Retry": []}}, "neither Retry nor Catch"),
        ({"a": {"Type": "Task", "ResultPath": "$"}}, "JSONPath"),
        ({"a": invoke("f", Retry=[{"ErrorEquals": ["States.ALL", "A"]}])}, "stands alone and last"),
        ({"a": {"Type": "Parallel", "Branches": [chain({"a": {"Type": "Pass"}})]}}, "a: used twice"),
    ],
)
def test_a_definition_that_aws_refuses_is_refused(states: dict[str, Any], told: str) -> None:
    with pytest.raises(DefinitionError, match=told.replace("$", r"\$")):
        Bench().states.create("machine", machine(states))


def test_the_same_name_and_input_is_the_same_execution_until_it_ends() -> None:
    bench = Bench()
    arn = bench.states.create("machine", machine({"a": {"Type": "Wait", "Seconds": 5}}))
    first = bench.states.start(arn, {"n": 1}, "one")
    assert bench.states.start(arn, {"n": 1}, "one") is first
    with pytest.raises(ValueError, match="one"):
        bench.states.start(arn, {"n": 2}, "one")
    bench.states.run()
    with pytest.raises(ValueError, match="one"):
        bench.states.start(arn, {"n": 1}, "one")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$partition([1, 2, 3], 2)", [[1, 2], [3]]),
        ("$range(0, 5, 2)", [0, 2, 4]),
        ("$range(3, 1, -1)", [3, 2, 1]),
        ("$hash('a', 'SHA-256')", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
        ("$parse('{\"a\": null}')", {"a": None}),
        ("$random(7) = $random(7)", True),
        ("$length($uuid())", 36),
        ("$now()", "2023-11-14T22:13:20.000Z"),
        ("$millis()", 1_700_000_000_000),
    ],
)
def test_step_functions_adds_functions_to_jsonata(expression: str, value: Any) -> None:
    assert Bench().run({"s": {"Type": "Succeed", "Output": f"{{% {expression} %}}"}}).output == value
