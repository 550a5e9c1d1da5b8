"""Tasks of state machines in memory end as AWS ends them: late, silent, answered by others, or by a run below."""

from __future__ import annotations

from typing import Any

from tests.machines import INVOKE, Bench, failing, invoke, machine

TOKEN_TASK = {
    "Type": "Task",
    "Resource": f"{INVOKE}.waitForTaskToken",
    "Arguments": {"FunctionName": "ask", "Payload": "{% $states.context.Task.Token %}"},
}


def slow(bench: Bench, seconds: float) -> Any:
    def function(_payload: Any) -> str:
        bench.states.clock.advance(seconds)
        return "slow"

    return function


def asking(**rest: Any) -> tuple[Bench, list[str]]:
    tokens: list[str] = []
    bench = Bench(ask=tokens.append)
    bench.states.start(bench.states.create("machine", machine({"ask": {**TOKEN_TASK, **rest}})), {})
    bench.states.run(1)
    return bench, tokens


def test_a_call_that_takes_too_long_is_a_timeout_at_its_time() -> None:
    for seconds, error, elapsed in ((4, None, 4), (6, "States.Timeout", 5)):
        bench = Bench()
        bench.functions = {"f": slow(bench, seconds)}
        ended = bench.run({"ask": invoke("f", TimeoutSeconds=5)})
        assert (ended.error, ended.elapsed) == (error, elapsed)


def test_calls_of_branches_overlap() -> None:
    bench = Bench()
    bench.functions = {"f": slow(bench, 30), "g": slow(bench, 20)}
    branches = [{"StartAt": name, "States": {name: {**invoke(name), "End": True}}} for name in ("f", "g")]
    assert bench.run({"all": {"Type": "Parallel", "Branches": branches}}).elapsed == 30
    assert [at for at, *_ in bench.calls] == [0, 0]


def test_whoever_has_the_token_answers() -> None:
    bench, tokens = asking()
    (execution,) = bench.states.executions.values()
    assert execution.status == "RUNNING"
    bench.states.succeed_task(tokens[0], {"approved_by": "ana"})
    bench.states.run()
    assert (execution.status, execution.output) == ("SUCCEEDED", {"approved_by": "ana"})


def test_a_token_may_be_answered_with_an_error_and_only_once() -> None:
    bench, tokens = asking()
    bench.states.fail_task(tokens[0], "ApprovalRejected", "no")
    bench.states.run()
    (execution,) = bench.states.executions.values()
    assert (execution.error, execution.cause) == ("ApprovalRejected", "no")
    assert bench.states.tasks == {}


def test_nobody_answers_in_time() -> None:
    bench, _ = asking(TimeoutSeconds=60)
    bench.states.run()
    (execution,) = bench.states.executions.values()
    assert (execution.error, execution.elapsed) == ("States.Timeout", 60)


def test_signs_of_life_keep_a_task_waiting() -> None:
    bench, tokens = asking(HeartbeatSeconds=10)
    bench.states.scheduler.later(8, lambda: bench.states.beat(tokens[0]))
    bench.states.run()
    (execution,) = bench.states.executions.values()
    assert (execution.error, execution.elapsed) == ("States.HeartbeatTimeout", 19)


def test_a_machine_runs_another_and_takes_its_output() -> None:
    for function, output, error in ((failing(), "done", None), (failing("A"), None, "States.TaskFailed")):
        bench = Bench(f=function)
        below = bench.states.create(
            "below", machine({"w": {"Type": "Wait", "Seconds": 7, "Next": "f"}, "f": invoke("f")})
        )
        run = {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Arguments": {"StateMachineArn": below, "Input": {"n": 1}},
            "Output": "{% $states.result.Output %}",
        }
        ended = bench.run({"run": run})
        assert (ended.output, ended.error, ended.elapsed) == (output, error, 7)


def test_a_run_below_is_stopped_when_nobody_waits_for_it_any_longer() -> None:
    bench = Bench()
    below = bench.states.create("below", machine({"w": {"Type": "Wait", "Seconds": 70}}))
    run = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": {"StateMachineArn": below, "Input": {}},
        "TimeoutSeconds": 30,
    }
    assert bench.run({"run": run}).error == "States.Timeout"
    assert sorted(one.status for one in bench.states.executions.values()) == ["ABORTED", "FAILED"]
