"""The pseudo parameters of a plan's texts, replaced by CDK tokens."""

from __future__ import annotations

from functools import cache


@cache
def _tokens() -> dict[str, str]:
    from aws_cdk import Aws

    return {
        "${AWS::AccountId}": Aws.ACCOUNT_ID,
        "${AWS::Partition}": Aws.PARTITION,
        "${AWS::Region}": Aws.REGION,
        "${AWS::URLSuffix}": Aws.URL_SUFFIX,
    }


def with_tokens(text: str) -> str:
    """Return ``text`` with every pseudo parameter as a token, which costs no call into the CDK kernel."""
    if "${" in text:
        for name, token in _tokens().items():
            text = text.replace(name, token)
    return text


def as_sub(text: str) -> str | dict[str, str]:
    """Return ``text`` as CloudFormation reads it in a plain template: ``Fn::Sub`` where it holds a pseudo parameter."""
    return {"Fn::Sub": text} if "${" in text else text


def as_literal(text: str) -> str:
    """Return ``text`` as ``Fn::Sub`` leaves it alone: a user's ``${name}`` is no reference."""
    return text.replace("${", "${!")
