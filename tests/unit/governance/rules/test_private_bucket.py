from __future__ import annotations

import pytest

from constructs_lib.governance.rules.private_bucket import PrivateBucket
from tests.unit.governance.cases import deployed, resource

RULE = PrivateBucket()
BLOCKS = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def test_a_bucket_with_all_four_blocks_passes() -> None:
    assert deployed(RULE, {"Raw": resource("AWS::S3::Bucket", PublicAccessBlockConfiguration=BLOCKS)}) == []


@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_each_missing_block_is_denied(block: str) -> None:
    settings = {**BLOCKS, block: False}
    (finding,) = deployed(RULE, {"Raw": resource("AWS::S3::Bucket", PublicAccessBlockConfiguration=settings)})
    assert finding.found == f"not set: {block}"


@pytest.mark.parametrize(("effect", "count"), [("Allow", 1), ("Deny", 0)])
def test_a_policy_that_allows_everyone_is_denied(effect: str, count: int) -> None:
    document = {"Statement": [{"Effect": effect, "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}
    assert len(deployed(RULE, {"Open": resource("AWS::S3::BucketPolicy", PolicyDocument=document)})) == count
