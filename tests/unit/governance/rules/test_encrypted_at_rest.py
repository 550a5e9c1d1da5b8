from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.encrypted_at_rest import EncryptedAtRest
from tests.unit.governance.cases import deployed, resource

RULE = EncryptedAtRest()
QUEUE = "AWS::SQS::Queue"
STREAM = "AWS::Kinesis::Stream"


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (QUEUE, {}),
        (QUEUE, {"SqsManagedSseEnabled": True}),
        (QUEUE, {"SqsManagedSseEnabled": False, "KmsMasterKeyId": "alias/orders"}),
        (STREAM, {"StreamEncryption": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}}),
        ("AWS::DynamoDB::Table", {}),
    ],
)
def test_what_is_encrypted_passes(kind: str, properties: dict[str, Any]) -> None:
    assert deployed(RULE, {"Kept": resource(kind, **properties)}) == []


@pytest.mark.parametrize(("kind", "properties"), [(QUEUE, {"SqsManagedSseEnabled": False}), (STREAM, {})])
def test_what_rests_in_the_clear_is_denied(kind: str, properties: dict[str, Any]) -> None:
    (finding,) = deployed(RULE, {"Kept": resource(kind, **properties)})
    assert finding.place.logical_id == "Kept"
