"""How a pipeline finds what its platform shares, in the same stack or in another one."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from aws_cdk import Stack, Stage, aws_lambda, aws_ssm

from constructs_lib.composition.grants import at_deployment
from constructs_lib.patterns.platform import Platform, PlatformReference


def known_resources(stack: Stack, platform: Platform | PlatformReference) -> dict[str, str]:
    """Return what stands for the plan's texts in the platform's own stack, where no parameter exists beforehand."""
    if isinstance(platform, Platform) and platform.key and platform.stack is stack:
        return {at_deployment(platform.names.key_parameter or ""): platform.key.key_arn}
    return {}


def deploy_after(stack: Stack, platform: Platform | PlatformReference) -> None:
    """Let a stack wait for the platform's; across stages, which are deployed one by one, CDK knows no order."""
    if isinstance(platform, Platform) and platform.stack is not stack and Stage.of(platform) is Stage.of(stack):
        stack.add_stack_dependency(platform.stack)


def layer_of(stack: Stack, platform: Platform | PlatformReference) -> aws_lambda.ILayerVersion:
    """Return the runtime layer: the platform's own in its stack, elsewhere the one that its parameter names."""
    if isinstance(platform, Platform) and platform.stack is stack:
        return platform.runtime_layer
    parameter = platform.names.layer_parameter
    known = _imported_layers.setdefault(stack, {})
    if parameter not in known:
        arn = aws_ssm.StringParameter.value_for_string_parameter(stack, parameter)
        known[parameter] = aws_lambda.LayerVersion.from_layer_version_arn(stack, f"RuntimeLayer{len(known) or ''}", arn)
    return known[parameter]


_imported_layers: WeakKeyDictionary[Stack, dict[str, aws_lambda.ILayerVersion]] = WeakKeyDictionary()
