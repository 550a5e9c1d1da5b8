"""How a service of AWS gets messages into the buffer: by the queue's policy, for one source alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.model.site import Site

BUFFER, DEAD_LETTERS = "buffer", "dlq"
"""Ids of the two queues in the plan."""


def let_send(site: Site, service: str, source_arn: str, *queue_ids: str, of_account: bool = False) -> None:
    """Let a service send to queues of the pipeline on behalf of one resource, such as a topic or a rule.

    ``of_account`` holds it to the deploying account, too, where the ARN names none.
    """
    from aws_cdk import Aws, aws_iam

    account = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}} if of_account else {}
    for queue_id in queue_ids:
        queue = site.queue(queue_id)
        queue.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="FromTheSource",
                principals=[aws_iam.ServicePrincipal(service)],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": tokens(source_arn)}, **account},
            )
        )


def arn_of(site: Site, queue_id: str) -> dict[str, Any]:
    """Return what stands for the ARN of a queue in a plain resource."""
    return site.reference(site.queue(queue_id).queue_arn)


def tokens(text: str) -> str:
    """Return a text of the plan with its pseudo parameters as CDK tokens."""
    from aws_cdk import Aws

    for name, token in (
        ("${AWS::Partition}", Aws.PARTITION),
        ("${AWS::Region}", Aws.REGION),
        ("${AWS::AccountId}", Aws.ACCOUNT_ID),
    ):
        text = text.replace(name, token)
    return text


def sub(text: str) -> str | dict[str, str]:
    """Return a text of the plan as CloudFormation reads it in a plain resource."""
    return {"Fn::Sub": text} if "${" in text else text
