"""A bucket that a pipeline brings, as plain CloudFormation: private, encrypted, TLS only, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

Resource = dict[str, Any]

UNFINISHED_DAYS = 7
"""Days after which the parts of an upload that nobody finished are removed."""
REPLACED_DAYS = 30
"""Days after which a version that was replaced or deleted is removed, where it is."""


def bucket(
    name: str,
    *,
    key: object | None = None,
    versioned: bool = True,
    expire_days: int | None = None,
    forget_replaced: bool = False,
    notifications: Resource | None = None,
) -> Resource:
    """Return the bucket; ``key`` stands for the ARN of the platform's own key, without one S3's own encrypts.

    ``expire_days`` is after how many days objects are removed; ``forget_replaced`` removes versions that were replaced
    or deleted a month ago.
    """
    properties: Resource = {
        "BucketName": {"Fn::Sub": name},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [_encryption(key)]},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "LifecycleConfiguration": {"Rules": list(_lifecycle(expire_days, forget_replaced=forget_replaced))},
    }
    if versioned:
        properties["VersioningConfiguration"] = {"Status": "Enabled"}
    if notifications:
        properties["NotificationConfiguration"] = notifications
    return {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def days(age: timedelta | None) -> int | None:
    """Return whole days as a lifecycle rule counts them."""
    return None if age is None else age.days


def tls_only(logical_id: str) -> Resource:
    """Return the policy by which the bucket with this logical id refuses plain HTTP."""
    arn = {"Fn::GetAtt": [logical_id, "Arn"]}
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [arn, {"Fn::Join": ["", [arn, "/*"]]}],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": logical_id}, "PolicyDocument": document}}


def _encryption(key: object | None) -> Resource:
    if key is None:
        return {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    return {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        "BucketKeyEnabled": True,
    }


def _lifecycle(expire_days: int | None, *, forget_replaced: bool) -> Iterator[Resource]:
    unfinished = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS}}
    yield {"Id": "unfinished", "Status": "Enabled", **unfinished}
    if forget_replaced:
        replaced = {"NoncurrentVersionExpiration": {"NoncurrentDays": REPLACED_DAYS}}
        yield {"Id": "replaced", "Status": "Enabled", **replaced}
    if expire_days is not None:
        yield {"Id": "expired", "Status": "Enabled", "ExpirationInDays": expire_days}
