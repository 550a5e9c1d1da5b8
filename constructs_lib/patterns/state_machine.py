"""The state machine of a plan: its role, its log, and each definition as a version that running executions keep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_cdk import Aws, RemovalPolicy, aws_iam, aws_logs, aws_stepfunctions

from constructs_lib.composition.grants import at_deployment
from constructs_lib.composition.workflow.closing import CLOSE_RUN, CLOSED, CLOSED_TARGET, CLOSING
from constructs_lib.composition.workflow.sending import ALIAS, machine_arn
from constructs_lib.model.asl import SERVICE
from constructs_lib.model.state_machine import function_version
from constructs_lib.patterns import leaves
from constructs_lib.patterns.functions import construct_id, policy_document, resolved
from constructs_lib.patterns.pseudo_parameters import with_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.model.state_machine import StateMachinePlan
    from constructs_lib.patterns.fragment import Fragment
    from constructs_lib.patterns.functions import PlannedFunction

KEY_REUSED_SECONDS = 300
"""How long Step Functions uses one data key: the default of CreateStateMachine."""
_PLACES = re.compile(r"\$\{([A-Za-z]+(?:::[A-Za-z]+|\.[A-Za-z0-9_]+))\}")
"""What a definition leaves to its deployment: pseudo parameters, and versions of functions."""


@dataclass(frozen=True)
class BuiltWorkflow:
    """One state machine with what belongs to it."""

    state_machine: aws_stepfunctions.StateMachine
    role: aws_iam.Role
    version: aws_stepfunctions.CfnStateMachineVersion
    alias: aws_stepfunctions.CfnStateMachineAlias
    log_group: aws_logs.CfnLogGroup


def build_workflow(
    scope: Construct,
    plan: PipelinePlan,
    fragment: Fragment,
    functions: Mapping[str, PlannedFunction],
    known: Mapping[str, str],
) -> BuiltWorkflow | None:
    """Make the state machine of a plan, if it has one; ``known`` resolves resources."""
    machine = plan.state_machine
    if machine is None:
        return None
    prefix = construct_id(machine.id)
    role = aws_iam.Role(
        scope,
        f"{prefix}Role",
        assumed_by=aws_iam.ServicePrincipal("states.amazonaws.com"),
        description=f"Runs the workflow of the pipeline {plan.pipeline}.",
        inline_policies={"Plan": aws_iam.PolicyDocument.from_json(policy_document(machine.grants, known))},
    )
    group = _log_group(scope, prefix, machine)
    made = _state_machine(scope, prefix, machine, role, functions)
    made.node.add_dependency(group)
    made.node.add_dependency(role)
    _encrypt(made, plan.platform.key_parameter, known)
    version, alias = _live(scope, prefix, made)
    if CLOSE_RUN in functions:
        _tell_of_ends(plan, machine, fragment, functions[CLOSE_RUN])
    return BuiltWorkflow(made, role, version, alias, group)


def _log_group(scope: Construct, prefix: str, machine: StateMachinePlan) -> aws_logs.CfnLogGroup:
    group = aws_logs.CfnLogGroup(
        scope,
        f"{prefix}Logs",
        log_group_name=log_group_name(machine.name),
        retention_in_days=machine.log_retention_days,
    )
    group.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    return group


def log_group_name(machine: str) -> str:
    """Return the log group of a state machine; names that begin so share one resource policy of the account."""
    return f"/aws/vendedlogs/states/{machine}"


def _state_machine(
    scope: Construct,
    prefix: str,
    machine: StateMachinePlan,
    role: aws_iam.Role,
    functions: Mapping[str, PlannedFunction],
) -> aws_stepfunctions.StateMachine:
    arn = with_tokens(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:" + log_group_name(machine.name)
    )
    destination = aws_logs.LogGroup.from_log_group_arn(scope, f"{prefix}LogsArn", arn)
    return aws_stepfunctions.StateMachine(
        scope,
        prefix,
        state_machine_name=machine.name,
        state_machine_type=aws_stepfunctions.StateMachineType[machine.type],
        definition_body=aws_stepfunctions.DefinitionBody.from_string(_definition(machine)),
        definition_substitutions=_substitutions(machine, functions),
        role=role.without_policy_updates(),
        tracing_enabled=machine.tracing,
        logs=aws_stepfunctions.LogOptions(
            destination=destination,
            include_execution_data=False,
            level=aws_stepfunctions.LogLevel[machine.log_level],
        ),
        removal_policy=RemovalPolicy.DESTROY,
    )


def _definition(machine: StateMachinePlan) -> str:
    """Return the definition for whatever partition it is deployed to: that of China and GovCloud is another one."""
    return machine.definition.replace(SERVICE, SERVICE.replace(":aws:", f":{Aws.PARTITION}:"))


def _substitutions(machine: StateMachinePlan, functions: Mapping[str, PlannedFunction]) -> dict[str, str]:
    """Return what stands for every place in the definition."""
    places = dict.fromkeys(_PLACES.findall(machine.definition))
    versions = {function_version(id)[2:-1]: planned.function for id, planned in functions.items()}
    return {
        place: versions[place].current_version.function_arn if place in versions else with_tokens(f"${{{place}}}")
        for place in places
        if place in versions or "::" in place
    }


def _encrypt(made: aws_stepfunctions.StateMachine, parameter: str | None, known: Mapping[str, str]) -> None:
    """Encrypt definitions and what executions hold under the platform's own key, where it has one."""
    resource = made.node.default_child
    if parameter is not None and isinstance(resource, aws_stepfunctions.CfnStateMachine):
        resource.encryption_configuration = aws_stepfunctions.CfnStateMachine.EncryptionConfigurationProperty(
            type="CUSTOMER_MANAGED_KMS_KEY",
            kms_key_id=resolved(at_deployment(parameter), known),
            kms_data_key_reuse_period_seconds=KEY_REUSED_SECONDS,
        )


def _live(
    scope: Construct, prefix: str, made: aws_stepfunctions.StateMachine
) -> tuple[aws_stepfunctions.CfnStateMachineVersion, aws_stepfunctions.CfnStateMachineAlias]:
    """Make a version of each revision, which outlives its successor, and the alias that new executions take."""
    version = aws_stepfunctions.CfnStateMachineVersion(
        scope,
        f"{prefix}Version",
        state_machine_arn=made.state_machine_arn,
        state_machine_revision_id=made.state_machine_revision_id,
    )
    version.apply_removal_policy(RemovalPolicy.RETAIN)
    routed: Any = aws_stepfunctions.CfnStateMachineAlias.RoutingConfigurationVersionProperty(
        state_machine_version_arn=version.attr_arn, weight=100
    )
    alias = aws_stepfunctions.CfnStateMachineAlias(scope, f"{prefix}Live", name=ALIAS, routing_configuration=[routed])
    return version, alias


def _tell_of_ends(plan: PipelinePlan, machine: StateMachinePlan, fragment: Fragment, function: PlannedFunction) -> None:
    alias = fragment.reference(function.alias.function_arn)
    rule = leaves.closed_runs(plan.resource(CLOSED).name, machine_arn(machine.name), CLOSING, alias)
    fragment.add(construct_id(CLOSED), rule)
    rule_arn = {"Fn::GetAtt": [fragment.logical_id(construct_id(CLOSED)), "Arn"]}
    fragment.add(construct_id(CLOSED_TARGET), leaves.rule_may_call(rule_arn, alias))
