"""Lambda functions of a plan: each with a role, a log group, a version and the alias ``live``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_cdk import AssetHashType, Duration, RemovalPolicy, aws_iam, aws_lambda

from constructs_lib.patterns.bundling import LAMBDA_PYTHON, Bundle
from constructs_lib.patterns.pseudo_parameters import with_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_lib.model.functions import FunctionPlan, Grant

LIVE = "live"
"""Alias that every event source and route calls."""
PLATFORM_CODE = "# The code of this function is in the runtime layer.\n"


@dataclass(frozen=True)
class PlannedFunction:
    """One function with what belongs to it."""

    function: aws_lambda.Function
    role: aws_iam.Role
    alias: aws_lambda.Alias


@cache
def python_runtime() -> aws_lambda.Runtime:
    """Return the runtime of every function."""
    return aws_lambda.Runtime(f"python{LAMBDA_PYTHON}", aws_lambda.RuntimeFamily.PYTHON, supports_inline_code=True)


@cache
def arm64() -> aws_lambda.Architecture:
    """Return the architecture of every function."""
    return aws_lambda.Architecture.ARM_64


def asset_code(bundle: Bundle) -> aws_lambda.Code:
    """Return the code of a finished bundle; its digest is known, so CDK need not read the files again."""
    return aws_lambda.Code.from_asset(
        str(bundle.archive), asset_hash=bundle.digest, asset_hash_type=AssetHashType.CUSTOM
    )


def build_function(
    scope: Construct,
    plan: FunctionPlan,
    code: aws_lambda.Code,
    layer: aws_lambda.ILayerVersion,
    known: Mapping[str, str],
) -> PlannedFunction:
    """Make a function under a role that allows what the plan grants and nothing else; ``known`` resolves resources.

    The version is described by its layer: CloudFormation replaces a version whose description changes, so a layer that
    changes behind its parameter reaches the alias too.
    """
    prefix = construct_id(plan.id)
    role = aws_iam.Role(
        scope,
        f"{prefix}Role",
        assumed_by=lambda_service(),
        description=plan.description,
        inline_policies={"Plan": aws_iam.PolicyDocument.from_json(policy_document(plan.grants, known))},
    )
    function = aws_lambda.Function(
        scope,
        prefix,
        function_name=plan.name,
        description=plan.description,
        runtime=python_runtime(),
        architecture=arm64(),
        handler=plan.handler,
        code=code,
        layers=[layer],
        role=role,
        memory_size=plan.memory,
        timeout=seconds(plan.timeout),
        reserved_concurrent_executions=plan.reserved_concurrency,
        environment={variable.name: resolved(variable.value, known) for variable in plan.environment},
        current_version_options=aws_lambda.VersionOptions(
            description=layer.layer_version_arn,
            removal_policy=RemovalPolicy.RETAIN if plan.keeps_versions else None,
        ),
    )
    if plan.tracing:
        _trace(function)
    alias = aws_lambda.Alias(scope, f"{prefix}Live", alias_name=LIVE, version=function.current_version)
    return PlannedFunction(function=function, role=role, alias=alias)


@cache
def seconds(count: int) -> Duration:
    """Return a duration; the same one for the same count, because each costs a call into the CDK kernel."""
    return Duration.seconds(count)


@cache
def platform_code() -> aws_lambda.Code:
    """Return the code of the platform's own functions: none, because the runtime layer holds it."""
    return aws_lambda.Code.from_inline(PLATFORM_CODE)


@cache
def lambda_service() -> aws_iam.ServicePrincipal:
    """Return the principal that runs functions."""
    return aws_iam.ServicePrincipal("lambda.amazonaws.com")


def construct_id(plan_id: str) -> str:
    """Return the construct id of a plan's id: ``land_order`` becomes ``LandOrder``."""
    return "".join(part[:1].upper() + part[1:] for part in plan_id.replace("-", "_").split("_"))


def policy_document(grants: tuple[Grant, ...], known: Mapping[str, str]) -> dict[str, Any]:
    """Return the grants as an IAM policy, in the order of the plan."""
    return {"Version": "2012-10-17", "Statement": [_statement(grant, known) for grant in grants]}


def _statement(grant: Grant, known: Mapping[str, str]) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": grant.sid,
        "Effect": "Allow",
        "Action": list(grant.actions),
        "Resource": [resolved(resource, known) for resource in grant.resources],
    }
    for condition in grant.conditions:
        statement.setdefault("Condition", {}).setdefault(condition.operator, {})[condition.key] = list(condition.values)
    return statement


def resolved(text: str, known: Mapping[str, str]) -> str:
    """Return a text of the plan with its placeholders replaced: what is known here, and the pseudo parameters."""
    for name, value in known.items():
        text = text.replace(name, value)
    return with_tokens(text)


def _trace(function: aws_lambda.Function) -> None:
    """Switch tracing on without the policy that CDK would add: the plan grants it already."""
    resource = function.node.default_child
    if isinstance(resource, aws_lambda.CfnFunction):
        resource.tracing_config = aws_lambda.CfnFunction.TracingConfigProperty(mode="Active")
