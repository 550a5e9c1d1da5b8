"""Branches, items and child executions of state machines in memory happen at the same time on one clock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.drills.memory.states.errors import DefinitionError
from tests.machines import Bench, Buckets, chain, failing, invoke, machine


def wait(seconds: Any, **rest: Any) -> dict[str, Any]:
    return {"Type": "Wait", "Seconds": seconds, **rest}


def mapped(states: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"Type": "Map", "ItemProcessor": chain(states), **rest}


def distributed(states: dict[str, Any], **rest: Any) -> dict[str, Any]:
    config = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    return {"Type": "Map", "ItemProcessor": {**config, **chain(states)}, **rest}


def test_branches_take_as_long_as_the_slowest() -> None:
    branches = [chain({"a": wait(30)}), chain({"b": wait(100)}), chain({"c": wait(5)})]
    assert Bench().run({"all": {"Type": "Parallel", "Branches": branches}}).elapsed == 100


def test_a_branch_that_fails_stops_the_others_under_its_own_error() -> None:
    bench = Bench(f=failing("Declined"), g=failing())
    branches = [chain({"a": wait(10, Next="b"), "b": invoke("f")}), chain({"c": wait(20, Next="d"), "d": invoke("g")})]
    ended = bench.run({"all": {"Type": "Parallel", "Branches": branches}})
    assert (ended.error, ended.elapsed) == ("Declined", 10)
    assert [name for _, name, _ in bench.calls] == ["f"]


def test_a_failed_parallel_is_retried_whole_and_caught() -> None:
    bench = Bench(f=failing("A", "B"), g=failing())
    parallel = {
        "Type": "Parallel",
        "Branches": [chain({"a": invoke("f")}), chain({"b": invoke("g")})],
        "Retry": [{"ErrorEquals": ["A"], "IntervalSeconds": 1}],
        "Catch": [{"ErrorEquals": ["B"], "Next": "end"}],
    }
    ended = bench.run({"all": parallel, "end": {"Type": "Succeed", "Output": "caught"}})
    assert ended.output == "caught"
    assert bench.states.entered() == ["all", "a", "b", "a", "b", "end"]


def test_branches_see_outer_variables_and_keep_their_own() -> None:
    branch = chain(
        {
            "a": {"Type": "Pass", "Assign": {"own": "{% $outer + 1 %}"}, "Next": "b"},
            "b": {"Type": "Pass", "Output": "{% $own %}"},
        }
    )
    states = {
        "set": {"Type": "Pass", "Assign": {"outer": 1}, "Next": "all"},
        "all": {"Type": "Parallel", "Branches": [branch], "Next": "end", "Assign": {"joined": "{% $states.result %}"}},
        "end": {"Type": "Succeed", "Output": {"joined": "{% $joined %}", "own": "{% $exists($own) %}"}},
    }
    assert Bench().run(states).output == {"joined": [2], "own": False}


def test_a_branch_may_not_assign_a_name_of_the_scope_around_it() -> None:
    branch = chain({"a": {"Type": "Pass", "Assign": {"n": 2}}})
    states = {
        "set": {"Type": "Pass", "Assign": {"n": 1}, "Next": "all"},
        "all": {"Type": "Parallel", "Branches": [branch]},
    }
    with pytest.raises(DefinitionError, match="n: assigned in an outer scope"):
        Bench().states.create("machine", machine(states))


def test_a_map_runs_no_more_items_at_once_than_it_says_and_keeps_their_order() -> None:
    select = {"n": "{% $states.context.Map.Item.Value %}", "i": "{% $states.context.Map.Item.Index %}"}
    steps = {"a": wait("{% $states.input.n %}", Next="b"), "b": {"Type": "Pass", "Output": "{% $states.input.i %}"}}
    bench = Bench()
    ended = bench.run(
        {"each": mapped(steps, Items="{% $states.input %}", ItemSelector=select, MaxConcurrency=2)}, [9, 5, 5]
    )
    assert (ended.output, ended.elapsed) == ([0, 1, 2], 10)
    assert Bench().run({"each": mapped(steps, MaxConcurrency=2)}, []).output == []


def test_items_that_are_no_list_are_an_error() -> None:
    assert Bench().run({"each": mapped({"a": {"Type": "Pass"}})}, "text").error == "States.QueryEvaluationError"


def test_child_executions_know_no_variable_of_their_parent() -> None:
    states = {
        "set": {"Type": "Pass", "Assign": {"outer": 1}, "Next": "each"},
        "each": distributed({"a": {"Type": "Pass", "Output": "{% $exists($outer) %}"}}),
    }
    assert Bench().run(states, [1, 2]).output == [False, False]


def test_batches_hold_so_many_items_and_what_they_share() -> None:
    steps = {"a": {"Type": "Pass", "Output": "{% $states.input %}"}}
    batcher = {"MaxItemsPerBatch": 2, "BatchInput": {"shared": "{% $states.input.s %}"}}
    each = distributed(steps, Items="{% $states.input.l %}", ItemBatcher=batcher)
    ended = Bench().run({"each": each}, {"s": 7, "l": [1, 2, 3]})
    assert ended.output == [{"BatchInput": {"shared": 7}, "Items": [1, 2]}, {"BatchInput": {"shared": 7}, "Items": [3]}]


@pytest.mark.parametrize(("tolerated", "error"), [(0, "States.ExceedToleratedFailureThreshold"), (34, None)])
def test_so_many_items_may_fail_and_no_more(tolerated: float, error: str | None) -> None:
    bench = Bench(f=failing(None, "A", None))
    each = distributed({"a": invoke("f")}, ToleratedFailurePercentage=tolerated, MaxConcurrency=1)
    ended = bench.run({"each": each}, [1, 2, 3])
    assert ended.error == error
    assert len(bench.calls) == (2 if error else 3)
    assert ended.output == (None if error else ["done", "done"])


FORMATS = {
    "CSV": ("sku,price\na,1\nb,2\n", [{"sku": "a", "price": "1"}, {"sku": "b", "price": "2"}]),
    "JSON": ('[{"n": 1}, 2]', [{"n": 1}, 2]),
    "JSONL": ('{"n": 1}\n\n{"n": 2}\n', [{"n": 1}, {"n": 2}]),
}


@pytest.mark.parametrize("format", FORMATS)
def test_items_are_read_from_an_object(format: str) -> None:
    text, items = FORMATS[format]
    config = {"InputType": format, "CSVHeaderLocation": "FIRST_ROW"}
    arguments = {"Bucket": "data", "Key": "{% $states.input.key %}"}
    reader = {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": config, "Arguments": arguments}
    each = distributed({"a": {"Type": "Pass"}}, ItemReader=reader)
    assert Bench(Buckets(list=text)).run({"each": each}, {"key": "list"}).output == items
    assert Bench(Buckets()).run({"each": each}, {"key": "list"}).error == "States.ItemReaderFailed"


def test_items_are_the_names_of_objects_and_no_more_than_the_map_says() -> None:
    arguments = {"Bucket": "data", "Prefix": "in/"}
    resource = "arn:aws:states:::s3:listObjectsV2"
    reader = {"Resource": resource, "ReaderConfig": {"MaxItems": 1}, "Arguments": arguments}
    each = distributed({"a": {"Type": "Pass", "Output": "{% $states.input.Key %}"}}, ItemReader=reader)
    buckets = Buckets(**{"in/a": "1", "in/b": "2", "out": "3"})
    assert Bench(buckets).run({"each": each}).output == ["in/a"]


def test_results_are_written_beside_a_manifest() -> None:
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "data", "Prefix": "out"}}
    bench = Bench(f=failing(None, "A"))
    each = distributed({"a": invoke("f")}, ResultWriter=writer, ToleratedFailurePercentage=50, MaxConcurrency=1)
    output = bench.run({"each": each}, [1, 2]).output
    manifest = json.loads(bench.buckets.read("data", output["ResultWriterDetails"]["Key"]))
    files = {name: len(found) for name, found in manifest["ResultFiles"].items()}
    assert files == {"FAILED": 1, "PENDING": 0, "SUCCEEDED": 1}
    failed = json.loads(bench.buckets.read("data", manifest["ResultFiles"]["FAILED"][0]["Key"]))
    assert [(one["Input"], one["Error"], one["Status"]) for one in failed] == [("2", "A", "FAILED")]


def test_the_history_tells_what_happened_when() -> None:
    bench = Bench(f=failing("A"))
    bench.run({"ask": invoke("f", Retry=[{"ErrorEquals": ["A"], "IntervalSeconds": 3}])})
    told = [(one.at - bench.began, one.kind) for one in bench.states.history]
    assert told == [(0, "entered"), (0, "failed"), (0, "retried"), (3, "exited")]
