"""Lambda functions by hand: role, log group, function, version, alias."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Duration, RemovalPolicy, aws_iam, aws_lambda, aws_logs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What differs between the functions of a pipeline."""

    name: str
    description: str
    handler: str
    code: aws_lambda.Code
    memory: int
    timeout: int
    environment: dict[str, str]
    statements: Sequence[aws_iam.PolicyStatement]
    reserved_concurrency: int | None = None


@dataclass(frozen=True)
class FunctionByHand:
    """One function with what belongs to it."""

    function: aws_lambda.Function
    alias: aws_lambda.Alias


def build_function(
    scope: Construct, prefix: str, layer: aws_lambda.ILayerVersion, settings: Settings
) -> FunctionByHand:
    """Make one function under a role that allows the given statements and nothing else."""
    role = aws_iam.Role(
        scope,
        f"{prefix}Role",
        assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"),
        description=settings.description,
        inline_policies={"Plan": aws_iam.PolicyDocument(statements=settings.statements)},
    )
    logs = aws_logs.LogGroup(
        scope,
        f"{prefix}Logs",
        log_group_name=f"/aws/lambda/{settings.name}",
        retention=aws_logs.RetentionDays.THREE_MONTHS,
        removal_policy=RemovalPolicy.RETAIN,
    )
    function = aws_lambda.Function(
        scope,
        prefix,
        function_name=settings.name,
        description=settings.description,
        runtime=aws_lambda.Runtime.PYTHON_3_13,
        architecture=aws_lambda.Architecture.ARM_64,
        handler=settings.handler,
        code=settings.code,
        layers=[layer],
        # The statements above are complete: what CDK would add for tracing and queues makes a policy of its own.
        role=role.without_policy_updates(),
        log_group=logs,
        memory_size=settings.memory,
        timeout=Duration.seconds(settings.timeout),
        reserved_concurrent_executions=settings.reserved_concurrency,
        environment=settings.environment,
        tracing=aws_lambda.Tracing.ACTIVE,
    )
    alias = aws_lambda.Alias(scope, f"{prefix}Live", alias_name="live", version=function.current_version)
    return FunctionByHand(function=function, alias=alias)
