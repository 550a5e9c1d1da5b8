from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, CfnResource, Stack, aws_iam, aws_s3, aws_sqs

from constructs_lib.errors import PlanError
from constructs_lib.governance.acknowledge import acknowledge
from constructs_lib.governance.attach import govern, synthesize

if TYPE_CHECKING:
    from constructs import IConstruct

REASON = "The queue is read by a partner who cannot use TLS."
OWN = "Pipeline::encrypted-in-transit"
PACK = "AwsSolutions-SQS4"
WILDCARD = "AwsSolutions-IAM5[Resource::*]"
Found = dict[tuple[str, str], str]


def nobody(_: IConstruct) -> tuple[()]:
    return ()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Synthesise two queues and two roles alike, of which one each is acknowledged; return what CDK says of them."""
    folder = tmp_path_factory.mktemp("acknowledged")
    app = App(outdir=str(folder))
    stack = Stack(app, "Shop")
    for name in ("Known", "Unknown"):
        queue = aws_sqs.Queue(stack, f"{name}Queue", encryption=aws_sqs.QueueEncryption.SQS_MANAGED)
        role = aws_iam.Role(stack, f"{name}Role", assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"))
        allowed = aws_iam.PolicyStatement(actions=["s3:GetObject", "s3:PutObject"], resources=["*"])
        policy = aws_iam.Policy(stack, f"{name}Policy", statements=[allowed], roles=[role])
        if name == "Known":
            acknowledge(queue, OWN, REASON)
            acknowledge(queue, PACK, REASON)
            acknowledge(policy, f"AwsSolutions::{WILDCARD}", REASON)
            acknowledge(policy, "Pipeline::no-wildcard-grant[Resource::*]", REASON)
    govern(app, subjects=nobody)
    with pytest.raises(SystemExit):
        synthesize(app)
    report = json.loads((folder / "validation-report.json").read_text(encoding="utf-8"))
    return {
        (violation["ruleName"], place["constructPath"]): state
        for plugin in report["pluginReports"]
        for state, listed in (("open", "violations"), ("suppressed", "suppressedViolations"))
        for violation in plugin.get(listed) or ()
        for place in violation["violatingConstructs"]
    }


@pytest.mark.parametrize(
    ("rule", "resource"),
    [
        (OWN, "Queue/Resource"),
        (PACK, "Queue/Resource"),
        (WILDCARD, "Policy/Resource"),
        ("Pipeline::no-wildcard-grant[Resource::*]", "Policy/Resource"),
    ],
)
def test_an_acknowledged_finding_is_kept_as_suppressed_and_stays_open_elsewhere(
    found: Found, rule: str, resource: str
) -> None:
    assert found[rule, f"Shop/Unknown{resource}"] == "open"
    assert found[rule, f"Shop/Known{resource}"] == "suppressed"


def test_another_finding_on_the_same_resource_stays_open(found: Found) -> None:
    assert found["AwsSolutions-SQS3", "Shop/KnownQueue/Resource"] == "open"


def test_the_serverless_pack_is_there_too(found: Found) -> None:
    assert any(rule.startswith("Serverless-") for rule, _ in found)


def refused(act: Any) -> str:
    with pytest.raises(PlanError) as caught:
        act()
    return caught.value.faults[0].code


def test_an_acknowledgement_wider_than_one_finding_on_one_resource_is_refused() -> None:
    stack = Stack(App(), "Wide")
    bucket = aws_s3.Bucket(stack, "Bucket")
    resource = bucket.node.default_child
    assert CfnResource.is_cfn_resource(resource)
    assert refused(lambda: acknowledge(stack, PACK, REASON)) == "acknowledgement-too-wide"
    assert refused(lambda: acknowledge(bucket, "AwsSolutions-*", REASON)) == "acknowledgement-too-wide"
    assert refused(lambda: acknowledge(bucket, "AwsSolutions-S1", "because")) == "acknowledgement-without-reason"
