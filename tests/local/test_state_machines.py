"""Definitions that are rewritten do on the emulator what the original says."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.custom_runtime import LOCAL_PYTHON, RUNTIME
from constructs_lib.local.session import LocalSession
from constructs_lib.local.state_machines.definition import for_emulator

if TYPE_CHECKING:
    from constructs_lib.local.project import Project

Json = dict[str, Any]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
CODE = (
    "class PaymentDeclined(Exception):\n    pass\n\n\ndef handler(event, context):\n    raise PaymentDeclined('no')\n"
)
BOOTSTRAP = f'#!/bin/sh\nexec "${LOCAL_PYTHON}" -m awslambdaric "$_HANDLER"\n'


class Machines:
    """Runs definitions on the emulator."""

    def __init__(self, session: LocalSession) -> None:
        self.session = session
        roles = session.aws.client("iam")
        role = roles.create_role(RoleName="machines", AssumeRolePolicyDocument=json.dumps(TRUST))
        self._role = role["Role"]["Arn"]
        self._states = session.aws.client("stepfunctions")
        self._machine = 0

    def run(self, states: Json, given: Any = None) -> Json:
        """Return the description of an execution of these states, once it has ended."""
        first = next(iter(states))
        definition, _ = for_emulator({"QueryLanguage": "JSONata", "StartAt": first, "States": states})
        self._machine += 1
        arn = self._states.create_state_machine(
            name=f"m{self._machine}", definition=json.dumps(definition), roleArn=self._role, type="EXPRESS"
        )["stateMachineArn"]
        done: Json = self._states.start_sync_execution(stateMachineArn=arn, input=json.dumps(given or {}))
        return done

    def output(self, states: Json, given: Any = None) -> Any:
        """Return what comes of these states; the error where they fail."""
        done = self.run(states, given)
        return json.loads(done["output"]) if done["status"] == "SUCCEEDED" else done["error"]

    def declining(self) -> str:
        """Return the ARN of a function that raises ``PaymentDeclined``."""
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", CODE)
            archive.writestr("bootstrap", BOOTSTRAP)
        made = self.session.aws.client("lambda").create_function(
            FunctionName="declining",
            Runtime=RUNTIME,
            Role=self._role,
            Handler="app.handler",
            Code={"ZipFile": code.getvalue()},
        )
        return str(made["FunctionArn"])


@pytest.fixture(scope="module")
def machines(project: Project) -> Iterator[Machines]:
    with LocalSession(project.emulator_environment) as session:
        yield Machines(session)


def passing(name: str, **fields: Any) -> Json:
    return {"StartAt": name, "States": {name: {"Type": "Pass", "End": True, **fields}}}


def end(**output: str) -> Json:
    return {"Type": "Pass", "Output": output, "End": True}


def test_an_error_keeps_the_name_of_its_class(machines: Machines) -> None:
    resource, arguments = "arn:aws:states:::lambda:invoke", {"FunctionName": machines.declining(), "Payload": {}}
    caught = {"ErrorEquals": ["PaymentDeclined"], "Output": "{% $states.errorOutput.Error %}", "Next": "told"}
    task = {"Type": "Task", "Resource": resource, "Arguments": arguments, "Catch": [caught], "End": True}
    assert machines.output({"charge": task, "told": {"Type": "Succeed"}}) == "PaymentDeclined"


def test_branches_have_variables_of_their_own_and_their_results_in_order(machines: Machines) -> None:
    one = {
        "StartAt": "keep",
        "States": {
            "keep": {"Type": "Pass", "Assign": {"own": 1}, "Next": "give"},
            "give": {"Type": "Succeed", "Output": "{% $own + $outer %}"},
        },
    }
    both = {
        "Type": "Parallel",
        "Branches": [one, passing("two", Output={"own": "{% $exists($own) %}", "in": "{% $states.input.k %}"})],
        "Assign": {"both": "{% $states.result %}"},
        "Output": "{% $states.input.k %}",
        "Next": "told",
    }
    states = {"first": {"Type": "Pass", "Assign": {"outer": 4}, "Next": "both"}, "both": both}
    told = end(both="{% $both %}", out="{% $states.input %}", own="{% $exists($own) %}")
    assert machines.output(states | {"told": told}, {"k": 7}) == {
        "both": [5, {"own": False, "in": 7}],
        "out": 7,
        "own": False,
    }


def test_the_error_of_a_branch_leaves_it_under_its_own_name(machines: Machines) -> None:
    bad = {"StartAt": "bad", "States": {"bad": {"Type": "Fail", "Error": "Bad", "Cause": "it is"}}}
    both = {"Type": "Parallel", "Branches": [passing("good"), bad], "End": True}
    assert machines.output({"both": both}) == "Bad"


def each(**fields: Any) -> Json:
    """Return a distributed map whose item gives back what it was given, and what comes after it."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        **passing("item", Output="{% $states.input %}"),
    }
    state = {
        "Type": "Map",
        "ItemProcessor": processor,
        "Assign": {"all": "{% $states.result %}", "from": "{% $states.input.k %}"},
        "Next": "told",
    }
    return {"each": state | fields, "told": end(all="{% $all %}", out="{% $from %}")}


def test_items_of_a_distributed_map_are_selected_with_what_is_around_them(machines: Machines) -> None:
    selector = {"row": "{% $states.context.Map.Item.Value %}", "at": "{% $states.context.Map.Item.Index %}"}
    selector["from"] = "{% $states.input.k %}"
    found = machines.output(each(Items="{% $states.input.rows %}", ItemSelector=selector), {"rows": ["a", "b"], "k": 7})
    assert found == {"all": [{"row": "a", "at": 0, "from": 7}, {"row": "b", "at": 1, "from": 7}], "out": 7}


def test_items_of_a_distributed_map_are_read_from_an_object_in_batches_of_one(machines: Machines) -> None:
    s3 = machines.session.aws.client("s3")
    s3.create_bucket(Bucket="rows", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="rows", Key="in/a.csv", Body=b"id,n\nx,1\ny,2\n")
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
        "Arguments": {"Bucket": "rows", "Key": "{% $states.input.key %}"},
    }
    batcher = {"MaxItemsPerBatch": 10, "BatchInput": {"k": "{% $states.input.k %}"}}
    found = machines.output(each(ItemReader=reader, ItemBatcher=batcher), {"key": "in/a.csv", "k": 7})
    batch = {"BatchInput": {"k": 7}}
    assert found["all"] == [
        {"Items": [{"id": "x", "n": "1"}], **batch},
        {"Items": [{"id": "y", "n": "2"}], **batch},
    ]


@pytest.mark.parametrize(("tolerated", "found"), [(50, [1, None]), (49, "States.ExceedToleratedFailureThreshold")])
def test_failed_items_are_tolerated_up_to_their_share(machines: Machines, tolerated: int, found: Any) -> None:
    choice = {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $states.input = 2 %}", "Next": "bad"}],
        "Default": "good",
    }
    states = {"look": choice, "bad": {"Type": "Fail", "Error": "Bad"}, "good": {"Type": "Succeed"}}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "look", "States": states}
    ran = machines.output(each(Items=[1, 2], ItemProcessor=processor, ToleratedFailurePercentage=tolerated), {"k": 1})
    assert (ran["all"] if isinstance(ran, dict) else ran) == found


def test_waits_take_a_fiftieth_of_their_time(machines: Machines) -> None:
    waiting = {"wait": {"Type": "Wait", "Seconds": 10, "Next": "told"}, "told": {"Type": "Succeed"}}
    done = machines.run(waiting)
    assert 0.2 <= (done["stopDate"] - done["startDate"]).total_seconds() < 5
