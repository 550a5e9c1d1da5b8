"""Templates of workflows: names that stay, and what express ones and those that run others may do, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import App, Stack

from constructs_lib.patterns import Pipeline
from tests.synth.templates import of_type
from tests.workflows import declare_workflow, task, undo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synth.templates import Template

BELOW = {"type": "workflow", "name": "bill", "pipeline": "invoices", "timeout": "5m"}
KINDS = ("StateMachine", "StateMachineVersion", "StateMachineAlias")


def template(folder: Path, *steps: dict[str, Any], **changes: Any) -> Template:
    app = App()
    Pipeline(Stack(app, "Shop"), "Orders", declare_workflow(folder, *steps, **changes))
    found: Template = app.synth().get_stack_by_name("Shop").template
    return found


def allowed(found: Template, *words: str) -> dict[str, str]:
    """Return the resources by action of every role's statements on actions that begin with one of the words."""
    return {
        action: readable(statement["Resource"])
        for role in of_type(found, "AWS::IAM::Role").values()
        for policy in role["Properties"].get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
        if action.startswith(words)
    }


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def readable(resource: Any) -> str:
    pieces = resource["Fn::Join"][1] if isinstance(resource, dict) and "Fn::Join" in resource else [resource]
    return "".join(piece if isinstance(piece, str) else f"<{piece['Ref'].removeprefix('AWS::')}>" for piece in pieces)


def logical_ids(found: Template) -> list[str]:
    return sorted(name for kind in KINDS for name in of_type(found, f"AWS::StepFunctions::{kind}"))


def closing(found: Template) -> list[str]:
    return [name for name in of_type(found, "AWS::Events::Rule") if "Closed" in name]


def test_a_further_step_changes_no_logical_id_of_what_was_there(tmp_path: Path) -> None:
    before = template(tmp_path, task("pay", undo=undo()))
    after = template(tmp_path, task("pay", undo=undo()), task("ship"))
    assert logical_ids(before) == logical_ids(after)
    kept = {name for name, one in before["Resources"].items() if one["Type"] != "AWS::Lambda::Version"}
    assert kept <= set(after["Resources"])


def test_who_runs_another_workflow_may_start_follow_and_stop_that_one_alone(tmp_path: Path) -> None:
    found = allowed(
        template(tmp_path, BELOW), "states:Describe", "states:Stop", "events:PutT", "events:PutR", "events:Describe"
    )
    executions = "arn:<Partition>:states:<Region>:<AccountId>:execution:invoices-dev-workflow:*"
    rule = "arn:<Partition>:events:<Region>:<AccountId>:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
    assert found == {
        "states:DescribeExecution": executions,
        "states:StopExecution": executions,
        "events:PutTargets": rule,
        "events:PutRule": rule,
        "events:DescribeRule": rule,
    }


def test_executions_are_started_by_their_aliases(tmp_path: Path) -> None:
    roles = of_type(template(tmp_path, BELOW), "AWS::IAM::Role")
    started = {
        readable(one["Resource"]).rpartition(":stateMachine:")[2]
        for role in roles.values()
        for policy in role["Properties"].get("Policies", ())
        for one in policy["PolicyDocument"]["Statement"]
        if "states:StartExecution" in listed(one["Action"])
    }
    assert started == {"invoices-dev-workflow:live", "shop-orders-dev-workflow:live"}


def test_an_express_workflow_is_started_for_its_answer_and_in_no_other_way(tmp_path: Path) -> None:
    found = template(tmp_path, task("pay"), type="express")
    (machine,) = of_type(found, "AWS::StepFunctions::StateMachine").values()
    assert machine["Properties"]["StateMachineType"] == "EXPRESS"
    started = "arn:<Partition>:states:<Region>:<AccountId>:stateMachine:shop-orders-dev-workflow:live"
    assert allowed(found, "states:") == {"states:StartSyncExecution": started}
    assert closing(found) == []
    assert len(closing(template(tmp_path, task("pay")))) == 1
