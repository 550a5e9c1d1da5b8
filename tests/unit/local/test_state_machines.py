"""A definition is rewritten where the emulator's Step Functions needs it, and every change is named."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from constructs_lib.local.state_machines.definition import for_emulator
from constructs_lib.local.template_filter import adapt

Json = dict[str, Any]


def definition(**states: Json) -> Json:
    return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}


def passing(name: str, **fields: Any) -> Json:
    return {"StartAt": name, "States": {name: {"Type": "Pass", "End": True, **fields}}}


def distributed(**fields: Any) -> Json:
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, **passing("work")}
    return {"Type": "Map", "ItemProcessor": processor, "MaxConcurrency": 3, "End": True, **fields}


def test_what_the_emulator_has_stays_as_it_is() -> None:
    inline = {"Type": "Map", "Items": [1], "ItemProcessor": passing("work"), "Next": "end"}
    given = definition(each=inline, end={"Type": "Succeed"})
    assert for_emulator(given) == (given, ())


def test_a_definition_in_json_path_stays_as_it_is() -> None:
    given = {"StartAt": "both", "States": {"both": {"Type": "Parallel", "Branches": [], "End": True}}}
    assert for_emulator(given) == (given, ())


def test_the_definition_that_was_given_is_not_changed() -> None:
    given = definition(both={"Type": "Parallel", "Branches": [passing("a"), passing("b")], "End": True})
    before = copy.deepcopy(given)
    for_emulator(given)
    assert given == before


def test_branches_become_the_items_of_an_inline_map_with_all_that_the_state_says() -> None:
    fields = {"Output": "{% $states.result[0] %}", "Assign": {"x": 1}, "Catch": [{"Next": "y"}], "Next": "z"}
    both = {"Type": "Parallel", "Arguments": {"a": 1}, "Branches": [passing("a"), passing("b")], **fields}
    rewritten, changes = for_emulator(definition(both=both))
    state = rewritten["States"]["both"]
    assert {field: state[field] for field in fields} == fields
    assert (state["Type"], state["Items"], state["MaxConcurrency"]) == ("Map", [0, 1], 2)
    assert state["ItemSelector"]["input"] == {"a": 1}
    inner = state["ItemProcessor"]["States"]
    choice = inner[state["ItemProcessor"]["StartAt"]]
    assert [case["Next"] for case in choice["Choices"]] == ["a"]
    assert inner[choice["Default"]]["Next"] == "b"
    assert {"a", "b"} < set(inner)
    assert [change.split(":")[0] for change in changes] == ["state both"]


def test_a_distributed_map_reads_what_a_state_before_it_has_evaluated() -> None:
    each = distributed(Items="{% $record.body.rows %}", ItemSelector={"row": "{% $states.context.Map.Item.Value %}"})
    rewritten, _ = for_emulator(definition(each=each))
    states = rewritten["States"]
    assert states["each"]["Output"] == {"items": "{% $record.body.rows %}"}
    items = states[states["each"]["Next"]]
    assert (items["ItemsPath"], items["MaxConcurrency"]) == ("$.items", 3)
    assert "Items" not in items
    assert "ItemSelector" not in items
    begin = items["ItemProcessor"]["States"][items["ItemProcessor"]["StartAt"]]
    assert begin == {"Type": "Pass", "Output": {"row": "{% $states.context.Map.Item.Value %}"}, "Next": "work"}


def test_a_reader_gets_its_arguments_by_path() -> None:
    reader = {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b", "Key": "{% $key %}"}}
    rewritten, _ = for_emulator(definition(each=distributed(ItemReader=reader)))
    states = rewritten["States"]
    assert states["each"]["Output"] == {"reader": reader["Arguments"]}
    found = states[states["each"]["Next"]]["ItemReader"]
    assert found["Parameters"] == {"Bucket.$": "$.reader.Bucket", "Key.$": "$.reader.Key"}
    assert "Arguments" not in found


def test_batches_are_of_one_item_and_results_are_not_written_and_both_are_said() -> None:
    batcher = {"MaxItemsPerBatch": 50, "BatchInput": {"in": "{% $states.input.k %}"}}
    each = distributed(Items=[1], ItemBatcher=batcher, ResultWriter={"Resource": "arn"})
    rewritten, changes = for_emulator(definition(each=each))
    items = rewritten["States"]["each items"]
    begin = items["ItemProcessor"]["States"]["each item"]["Output"]
    assert begin["Items"] == ["{% $states.context.Map.Item.Value %}"]
    assert begin["BatchInput"] == {"in": "{% $each__input.k %}"}
    assert not {"ItemBatcher", "ResultWriter"} & set(items)
    assert len(changes) == 3


def test_what_comes_of_a_distributed_map_is_evaluated_after_it() -> None:
    each = distributed(Items=[1], Output="{% $states.input.k %}", Assign={"all": "{% $states.result %}"})
    rewritten, _ = for_emulator(definition(each=each))
    assert rewritten["States"]["each results"] == {
        "Type": "Pass",
        "Output": "{% $each__input.k %}",
        "Assign": {"all": "{% $states.input %}"},
        "End": True,
    }


def test_states_inside_others_are_rewritten_too() -> None:
    ends = {"StartAt": "ok", "States": {"ok": {"Type": "Succeed", "Output": 1}}}
    inline = {"Type": "Map", "Items": [1], "ItemProcessor": ends, "End": True}
    branch = {"StartAt": "each", "States": {"each": inline}}
    both = {"Type": "Parallel", "Branches": [branch, passing("b")], "End": True}
    rewritten, changes = for_emulator(definition(both=both))
    inner = rewritten["States"]["both"]["ItemProcessor"]["States"]["each"]["ItemProcessor"]["States"]
    assert inner == {"ok": {"Type": "Pass", "Output": 1, "End": True}}
    assert len(changes) == 2


def task(resource: str, **fields: Any) -> Json:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True, **fields}


def test_only_waiting_for_a_callback_is_scaled_and_never_to_nothing() -> None:
    given = definition(
        ask=task("lambda:invoke.waitForTaskToken", TimeoutSeconds=1000),
        soon=task("lambda:invoke.waitForTaskToken", TimeoutSeconds=2),
        work=task("lambda:invoke", TimeoutSeconds=1000),
    )
    assert for_emulator(given) == (given, ())
    rewritten, changes = for_emulator(given, callback_scale=0.01)
    seconds = {name: state["TimeoutSeconds"] for name, state in rewritten["States"].items()}
    assert seconds == {"ask": 10, "soon": 0.5, "work": 1000}
    assert len(changes) == 2


def test_attributes_of_a_topics_message_take_the_form_that_the_emulator_reads() -> None:
    attributes = {"token": {"DataType": "String", "StringValue": "{% $run.token %}"}}
    sent = task("sns:publish", Arguments={"Message": "m", "MessageAttributes": attributes})
    rewritten, _ = for_emulator(definition(tell=sent))
    assert rewritten["States"]["tell"]["Arguments"] == {
        "Message": "m",
        "MessageAttributes.entry.1.Name": "token",
        "MessageAttributes.entry.1.Value.DataType": "String",
        "MessageAttributes.entry.1.Value.StringValue": "{% $run.token %}",
    }


def machine(text: Any) -> Json:
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": text}}


ENDING = json.dumps(definition(done={"Type": "Succeed", "Output": "@"}))


def test_references_in_a_definition_stay_where_they_are() -> None:
    before, after = ENDING.split("@")
    joined = {"Fn::Join": ["", [before, {"Ref": "Version"}, after]]}
    adapted, changes = adapt({"Resources": {"Machine": machine(joined)}})
    pieces = adapted["Resources"]["Machine"]["Properties"]["DefinitionString"]["Fn::Join"][1]
    assert pieces[1] == {"Ref": "Version"}
    state = json.loads(pieces[0] + "@" + pieces[2])["States"]["done"]
    assert state == {"Type": "Pass", "Output": "@", "End": True}
    assert [change.logical_id for change in changes] == ["Machine"]


@pytest.mark.parametrize("wrap", [lambda text: text, lambda text: [text, {"Name": {"Ref": "Version"}}]])
def test_a_definition_with_substitutions_keeps_them(wrap: Any) -> None:
    text = ENDING.replace("@", "${Name}")
    adapted, _ = adapt({"Resources": {"Machine": machine({"Fn::Sub": wrap(text)})}})
    found = adapted["Resources"]["Machine"]["Properties"]["DefinitionString"]["Fn::Sub"]
    body = found[0] if isinstance(found, list) else found
    assert json.loads(body)["States"]["done"] == {"Type": "Pass", "Output": "${Name}", "End": True}
    assert found == wrap(body)


def test_a_definition_that_nobody_can_read_here_is_refused() -> None:
    with pytest.raises(ValueError, match="joined by nothing"):
        adapt({"Resources": {"Machine": machine({"Fn::ImportValue": "x"})}})


def test_the_state_machine_stands_for_its_alias() -> None:
    version = {"Type": "AWS::StepFunctions::StateMachineVersion", "Properties": {"StateMachineArn": {"Ref": "Machine"}}}
    weights = [{"StateMachineVersionArn": {"Ref": "Version"}, "Weight": 100}]
    alias = {"Type": "AWS::StepFunctions::StateMachineAlias", "Properties": {"RoutingConfiguration": weights}}
    arn = {"Fn::Join": ["", ["arn:aws:states:", {"Ref": "AWS::Region"}, ":1:stateMachine:orders-dev:live"]]}
    starter = {"Type": "AWS::SNS::Topic", "Properties": {"A": {"Ref": "Alias"}, "B": arn, "C": "lambda:x:live"}}
    resources = {"Machine": machine(ENDING), "Version": version, "Alias": alias, "Starter": starter}
    adapted, changes = adapt({"Resources": resources})
    assert set(adapted["Resources"]) == {"Machine", "Starter"}
    found = adapted["Resources"]["Starter"]["Properties"]
    assert (found["A"], found["C"]) == ({"Ref": "Machine"}, "lambda:x:live")
    assert found["B"]["Fn::Join"][1][2] == ":1:stateMachine:orders-dev"
    assert [change.logical_id for change in changes] == ["Starter", "Alias", "Version", "Machine"]
