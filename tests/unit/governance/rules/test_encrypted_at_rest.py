from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.encrypted_at_rest import EncryptedAtRest
from tests.unit.governance.cases import deployed, resource

RULE = EncryptedAtRest()
BUCKET = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::SQS::Queue", {"SqsManagedSseEnabled": True}),
        ("AWS::SQS::Queue", {"KmsMasterKeyId": "alias/orders"}),
        ("AWS::SNS::Topic", {"KmsMasterKeyId": "alias/aws/sns"}),
        ("AWS::S3::Bucket", {"BucketEncryption": BUCKET}),
        ("AWS::DynamoDB::Table", {}),
    ],
)
def test_stated_encryption_passes(kind: str, properties: dict[str, Any]) -> None:
    assert deployed(RULE, {"Kept": resource(kind, **properties)}) == []


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::SQS::Queue", {"SqsManagedSseEnabled": False}),
        ("AWS::SNS::Topic", {}),
        ("AWS::S3::Bucket", {"BucketEncryption": {}}),
    ],
)
def test_encryption_that_is_not_stated_is_denied(kind: str, properties: dict[str, Any]) -> None:
    (finding,) = deployed(RULE, {"Kept": resource(kind, **properties)})
    assert finding.place.logical_id == "Kept"
