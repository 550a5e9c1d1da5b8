"""The proxy passes requests on unchanged, records them, and breaks those that a fault describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from constructs_lib.local.faults import Action, Fault

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession

KEYS = ("plain", "a=b/c d", "ü/ö+%20", "date=2025-01-15/x:y")


@pytest.fixture
def bucket(empty_session: LocalSession) -> str:
    empty_session.reset()
    region = {"LocationConstraint": "eu-central-1"}
    empty_session.aws.client("s3").create_bucket(Bucket="things", CreateBucketConfiguration=region)
    return "things"


def signed_s3(session: LocalSession) -> Any:
    """Return a client whose signature is checked; that of the root user is not."""
    iam = session.aws.client("iam")
    trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}'
    allow = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    role = iam.create_role(RoleName="all-of-s3", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName="all-of-s3", PolicyName="p", PolicyDocument=allow)
    return session.aws.client_in_role("s3", role)


def test_signatures_stay_valid_for_any_key(empty_session: LocalSession, bucket: str) -> None:
    s3 = signed_s3(empty_session)
    for key in KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() == key
    puts = [call for call in empty_session.proxy.calls if call.operation == "PutObject"]
    assert [(call.key, call.status) for call in puts] == [(key, 200) for key in KEYS]


def test_a_fault_answers_in_the_place_of_aws(empty_session: LocalSession, bucket: str) -> None:
    s3 = empty_session.aws.client("s3")
    fault = Fault(service="s3", action=Action.ANSWER, operation="PutObject", code="SlowDown")
    with (
        empty_session.proxy.faults.active(fault) as active,
        pytest.raises(ClientError, match="SlowDown"),
    ):
        s3.put_object(Bucket=bucket, Key="k", Body=b"")
    assert active.fired == 2, "the client tries twice"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


@pytest.mark.parametrize(("action", "objects"), [(Action.DROP_BEFORE, 0), (Action.DROP_AFTER, 1)])
def test_an_answer_is_lost_before_or_after_aws_has_acted(
    empty_session: LocalSession, bucket: str, action: Action, objects: int
) -> None:
    s3 = empty_session.aws.client("s3")
    fault = Fault(service="s3", action=action, operation="PutObject")
    with empty_session.proxy.faults.active(fault), pytest.raises(ConnectionClosedError):
        s3.put_object(Bucket=bucket, Key="k", Body=b"")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == objects
    assert [call.status for call in empty_session.proxy.calls if call.operation == "PutObject"] == [0, 0]
