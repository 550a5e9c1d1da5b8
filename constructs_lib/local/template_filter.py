"""What the emulator needs otherwise than AWS: a template is adapted to it, and every change is named."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from constructs_lib.errors import UserError
from constructs_lib.local.custom_runtime import report_true_errors
from constructs_lib.local.state_machines.template import name_machines_themselves, rewrite_definitions
from functions.contract.ticks import ATTEMPT, EXECUTION_ID, SCHEDULED_TIME

Json = dict[str, Any]

LACKING = frozenset(
    {
        "AWS::Budgets::Budget",
        "AWS::CE::AnomalyMonitor",
        "AWS::CE::AnomalySubscription",
        "AWS::CloudWatch::AnomalyDetector",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::CodeDeploy::Application",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::EC2::EIP",
        "AWS::EC2::FlowLog",
        "AWS::EC2::NatGateway",
        "AWS::Events::Archive",
        "AWS::Logs::QueryDefinition",
        "AWS::StepFunctions::StateMachineAlias",
        "AWS::StepFunctions::StateMachineVersion",
    }
)
"""Resource types that the emulator rejects. Source: tried one by one on ministack 1.5.33."""

_CHECKED_AS = {
    "lambda:GetEventSourceMapping": "lambda:ListEventSourceMappings",
    "sns:Publish": "sns:PublishBatch",
    "sqs:SendMessage": "sqs:SendMessageBatch",
    "sqs:DeleteMessage": "sqs:DeleteMessageBatch",
    "sqs:ChangeMessageVisibility": "sqs:ChangeMessageVisibilityBatch",
}
_PARTIQL = "dynamodb:PartiQL"
_STATEMENT_ACTIONS = ["dynamodb:BatchExecuteStatement", "dynamodb:ExecuteStatement"]
_ATTRIBUTE_OF_CONTEXT = re.compile(
    r"&MessageAttribute\.(\d+)\.Name=[^&]*&MessageAttribute\.\1\.[^&]*&MessageAttribute\.\1\.[^&=]*=\$context\.[^&]*"
)
_POLICY_TYPES = {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}


@dataclass(frozen=True)
class Change:
    """One difference between the synthesised template and the one that is deployed locally."""

    logical_id: str
    what: str


def adapt(template: Json, callback_scale: float = 1.0) -> tuple[Json, tuple[Change, ...]]:
    """Return a copy of the template that the emulator accepts, and everything that was changed in it.

    ``callback_scale`` is multiplied with the time that a workflow waits for an answer from outside.

    Raises:
        UserError: ``local-resource-lacking`` when something that stays refers to a resource that the emulator lacks.
    """
    adapted = copy.deepcopy(template)
    changes = [
        *_named(name_machines_themselves(adapted)),
        *_leave_out_lacking(adapted),
        *_widen_policies(adapted),
        *_refer_to_secrets_by_arn(adapted),
        *_map_without_context(adapted),
        *_tell_the_time(adapted),
        *_named(rewrite_definitions(adapted, callback_scale)),
        *_named(report_true_errors(adapted)),
    ]
    return adapted, tuple(changes)


def _named(changes: Iterable[tuple[str, str]]) -> Iterator[Change]:
    return (Change(logical_id, what) for logical_id, what in changes)


def _leave_out_lacking(template: Json) -> Iterator[Change]:
    resources: Json = template.get("Resources", {})
    lacking = {name for name, resource in resources.items() if resource["Type"] in LACKING}
    for name in sorted(lacking):
        yield Change(name, f"left out: the emulator lacks {resources.pop(name)['Type']}")
    for name, resource in resources.items():
        needed = [other for other in _as_list(resource.get("DependsOn", [])) if other not in lacking]
        if "DependsOn" in resource:
            resource["DependsOn"] = needed
        if missing := sorted(lacking & set(_references(resource))):
            raise UserError.of(
                "local-resource-lacking",
                name,
                f"refers to {', '.join(missing)}, which the emulator lacks",
                "resources that the emulator has",
                "run this stack on AWS",
            )
    for name, output in list(template.get("Outputs", {}).items()):
        if lacking & set(_references(output)):
            del template["Outputs"][name]
            yield Change(name, "output left out: its resource is")


def _widen_policies(template: Json) -> Iterator[Change]:
    for name, document in _policy_documents(template):
        statements = document["Statement"]
        for statement in statements:
            actions = _as_list(statement.get("Action", []))
            if added := [_CHECKED_AS[action] for action in actions if action in _CHECKED_AS]:
                statement["Action"] = [*actions, *added]
                yield Change(name, f"{', '.join(added)} added: the emulator checks these instead")
        if any(action.startswith(_PARTIQL) for one in statements for action in _as_list(one.get("Action", []))):
            statements.append({"Effect": "Allow", "Action": _STATEMENT_ACTIONS, "Resource": "*"})
            yield Change(name, f"{', '.join(_STATEMENT_ACTIONS)} on * added: checked instead of dynamodb:PartiQL*")


def _refer_to_secrets_by_arn(template: Json) -> Iterator[Change]:
    resources: Json = template.get("Resources", {})
    secrets = {name for name, resource in resources.items() if resource["Type"] == "AWS::SecretsManager::Secret"}
    for name in sorted(secrets & set(_references(template))):
        yield Change(name, "Ref replaced by its ARN: the emulator's Ref of a secret is its name")
    for section in ("Resources", "Outputs"):
        if section in template:
            template[section] = _with_arns(template[section], secrets)


def _map_without_context(template: Json) -> Iterator[Change]:
    """The emulator's mapping templates know nothing of the request itself, and SQS refuses attributes without value."""
    for name, resource in template.get("Resources", {}).items():
        integration = resource.get("Properties", {}).get("Integration", {})
        templates: Json = integration.get("RequestTemplates", {}) if isinstance(integration, dict) else {}
        for kind, text in templates.items():
            kept = _ATTRIBUTE_OF_CONTEXT.sub("", text)
            if kept != text:
                numbers = iter(re.findall(r"MessageAttribute\.(\d+)\.Name", kept))
                for now, was in enumerate(numbers, 1):
                    kept = kept.replace(f"MessageAttribute.{was}.", f"MessageAttribute.{now}.")
                templates[kind] = kept
                yield Change(name, "attributes of $context left out: the emulator's mapping does not know it")


def _with_arns(node: Any, secrets: set[str]) -> Any:
    if isinstance(node, dict):
        if len(node) == 1 and node.get("Ref") in secrets:
            return {"Fn::GetAtt": [node["Ref"], "Id"]}
        return {key: _with_arns(value, secrets) for key, value in node.items()}
    return [_with_arns(item, secrets) for item in node] if isinstance(node, list) else node


def _tell_the_time(template: Json) -> Iterator[Change]:
    """The emulator's scheduler leaves keywords as they are; the transformer of its event bus knows the time."""
    for name, resource in template.get("Resources", {}).items():
        target = resource.get("Properties", {}).get("Target", {})
        if resource["Type"] == "AWS::Scheduler::Schedule" and SCHEDULED_TIME in target.get("Input", ""):
            text = target.pop("Input").replace(SCHEDULED_TIME, "<time>").replace(EXECUTION_ID, "<id>")
            paths = {"time": "$.time", "id": "$.id"}
            target["InputTransformer"] = {"InputPathsMap": paths, "InputTemplate": text.replace(ATTEMPT, "1")}
            yield Change(name, "the time of sending stands for the scheduled one: the emulator knows no keywords")


def _policy_documents(template: Json) -> Iterator[tuple[str, Json]]:
    for name, resource in template.get("Resources", {}).items():
        properties = resource.get("Properties", {})
        if resource["Type"] in _POLICY_TYPES:
            yield name, properties["PolicyDocument"]
        elif resource["Type"] == "AWS::IAM::Role":
            yield from ((name, policy["PolicyDocument"]) for policy in properties.get("Policies", ()))


def _references(node: Any) -> Iterator[str]:
    """Yield the names that ``Ref`` and ``Fn::GetAtt`` mention below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("Ref"), str):
            yield node["Ref"]
        if target := node.get("Fn::GetAtt"):
            yield str(target[0] if isinstance(target, list) else target.partition(".")[0])
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def adapt_text(text: str, callback_scale: float = 1.0) -> tuple[str, tuple[Change, ...]]:
    """Return the adapted text of a template file, and what was changed."""
    adapted, changes = adapt(json.loads(text), callback_scale)
    return json.dumps(adapted, indent=1), changes
