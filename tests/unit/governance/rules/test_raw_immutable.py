from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.raw_immutable import FORBIDDEN, RawImmutable
from constructs_lib.model.functions import Grant
from tests.unit.governance.cases import deployed, pipeline, planned, policy, resource, with_runner

RULE = RawImmutable()
NAME = "shop-dev-raw-${AWS::AccountId}-${AWS::Region}"
OBJECTS = {"Fn::Sub": "arn:${AWS::Partition}:s3:::" + NAME + "/raw/*"}
BY_REFERENCE = {"Fn::Join": ["", [{"Fn::GetAtt": ["Raw", "Arn"]}, "/*"]]}


def resources(action: Any, target: Any, variable: str = "PIPELINE_RAW_BUCKET") -> dict[str, Any]:
    variables = {variable: {"Fn::Sub": NAME}}
    return {
        "Raw": resource("AWS::S3::Bucket", BucketName={"Fn::Sub": NAME}),
        "Role": policy(action, target),
        "Land": resource(
            "AWS::Lambda::Function", Role={"Fn::GetAtt": "Role.Arn"}, Environment={"Variables": variables}
        ),
    }


def test_a_planned_pipeline_only_adds_objects() -> None:
    assert planned(RULE, pipeline()) == []


@pytest.mark.parametrize("bucket", ["raw_bucket", "evidence_bucket"])
def test_a_planned_grant_to_delete_objects_is_denied(bucket: str) -> None:
    subject = pipeline()
    arn = "arn:${AWS::Partition}:s3:::" + getattr(subject.plan.platform, bucket) + "/*"
    grant = Grant(sid="Tidy", actions=("s3:DeleteObject",), resources=(arn,), needed_by="outputs[0]")
    (finding,) = planned(RULE, with_runner(subject, grants=(grant,)))
    assert finding.detail == "s3:DeleteObject"


@pytest.mark.parametrize("action", FORBIDDEN)
@pytest.mark.parametrize("target", [OBJECTS, BY_REFERENCE])
@pytest.mark.parametrize("variable", ["PIPELINE_RAW_BUCKET", "PIPELINE_EVIDENCE_BUCKET"])
def test_whatever_removes_an_object_is_denied(action: str, target: Any, variable: str) -> None:
    (finding,) = deployed(RULE, resources(["s3:PutObject", action], target, variable))
    assert finding.detail == action


@pytest.mark.parametrize(
    ("action", "target"),
    [(["s3:PutObject", "s3:GetObject"], OBJECTS), ("s3:DeleteObject", "arn:aws:s3:::somewhere-else/*")],
)
def test_adding_reading_and_other_buckets_pass(action: Any, target: Any) -> None:
    assert deployed(RULE, resources(action, target)) == []
