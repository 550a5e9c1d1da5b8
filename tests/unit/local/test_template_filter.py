"""A template is changed where the emulator needs it, every change is named, and nothing else is touched."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from constructs_lib.errors import UserError
from constructs_lib.event_sources._http.rest_mapping import message_template
from constructs_lib.local.template_filter import adapt


def role(*statements: dict[str, Any]) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": document}]}}


def allow(*actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "arn:x"}


def statements_of(template: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = template["Resources"][name]["Properties"]["Policies"][0]["PolicyDocument"][
        "Statement"
    ]
    return found


def test_a_template_that_needs_nothing_stays_as_it_is() -> None:
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}, "Role": role(allow("s3:PutObject"))}}
    assert adapt(template) == (template, ())


def test_the_template_that_was_given_is_not_changed() -> None:
    template = {"Resources": {"Role": role(allow("sqs:SendMessage", "dynamodb:PartiQLInsert"))}}
    before = copy.deepcopy(template)
    adapt(template)
    assert template == before


def test_a_resource_that_the_emulator_lacks_is_left_out_with_its_outputs_and_named() -> None:
    template = {
        "Resources": {
            "Archive": {"Type": "AWS::Events::Archive"},
            "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": ["Archive"]},
        },
        "Outputs": {"Name": {"Value": {"Ref": "Archive"}}, "Kept": {"Value": {"Ref": "Queue"}}},
    }
    adapted, changes = adapt(template)
    assert adapted["Resources"] == {"Queue": {"Type": "AWS::SQS::Queue", "DependsOn": []}}
    assert list(adapted["Outputs"]) == ["Kept"]
    assert [change.logical_id for change in changes] == ["Archive", "Name"]
    assert "AWS::Events::Archive" in changes[0].what


def test_a_reference_to_a_resource_that_is_left_out_is_a_user_error() -> None:
    properties = {"Value": {"Fn::GetAtt": ["Gateway", "Id"]}}
    template = {
        "Resources": {
            "Gateway": {"Type": "AWS::EC2::NatGateway"},
            "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": properties},
        }
    }
    with pytest.raises(UserError) as caught:
        adapt(template)
    assert caught.value.faults[0].code == "local-resource-lacking"
    assert "Gateway" in caught.value.faults[0].found


def test_batch_actions_of_queues_are_added_beside_the_singular_ones_on_the_same_resource() -> None:
    adapted, changes = adapt({"Resources": {"Role": role(allow("sqs:SendMessage", "sqs:ReceiveMessage"))}})
    (statement,) = statements_of(adapted, "Role")
    assert statement == allow("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:SendMessageBatch")
    assert [change.logical_id for change in changes] == ["Role"]


def test_partiql_actions_stay_and_the_emulators_own_are_added_in_a_statement_of_their_own() -> None:
    granted = allow("dynamodb:PartiQLInsert")
    adapted, changes = adapt({"Resources": {"Role": role(granted)}})
    first, second = statements_of(adapted, "Role")
    assert first == granted
    assert second["Action"] == ["dynamodb:BatchExecuteStatement", "dynamodb:ExecuteStatement"]
    assert len(changes) == 1


def test_a_secret_is_referred_to_by_its_arn() -> None:
    template = {
        "Resources": {"Secret": {"Type": "AWS::SecretsManager::Secret"}, "Role": role(allow("s3:PutObject"))},
        "Outputs": {"Arn": {"Value": {"Ref": "Secret"}}},
    }
    adapted, changes = adapt(template)
    assert adapted["Outputs"]["Arn"]["Value"] == {"Fn::GetAtt": ["Secret", "Id"]}
    assert [change.logical_id for change in changes] == ["Secret"]


def test_attributes_that_the_emulators_mapping_cannot_fill_are_left_out_and_the_rest_is_counted_anew() -> None:
    mapped = message_template("/shops/{shop_id}/orders")
    method = {"Type": "AWS::ApiGateway::Method", "Properties": {"Integration": {"RequestTemplates": {"j": mapped}}}}
    adapted, changes = adapt({"Resources": {"Route": method}})
    told = adapted["Resources"]["Route"]["Properties"]["Integration"]["RequestTemplates"]["j"]
    assert "$context" not in told
    assert told.endswith(
        "&MessageAttribute.1.Name=path.shop_id&MessageAttribute.1.Value.DataType=String"
        "&MessageAttribute.1.Value.StringValue=$util.urlEncode($input.params('shop_id'))"
    )
    assert [change.logical_id for change in changes] == ["Route"]
