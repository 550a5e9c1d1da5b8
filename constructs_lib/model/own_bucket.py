"""A bucket that a pipeline brings, as plain CloudFormation: private, versioned, encrypted, TLS only, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import timedelta

Resource = dict[str, Any]

UNFINISHED_DAYS = 7
"""Days after which the parts of an upload that nobody finished are removed."""


def bucket(
    name: str,
    *,
    key: object | None = None,
    expire_days: int | None = None,
    notifications: Resource | None = None,
) -> Resource:
    """Return the bucket; ``key`` stands for the ARN of the platform's own key, S3's own serves without it.

    ``expire_days`` is after how many days objects are removed; replaced and deleted ones stay a month longer.
    """
    properties: Resource = {
        "BucketName": {"Fn::Sub": name},
        "VersioningConfiguration": {"Status": "Enabled"},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [_encryption(key)]},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "LifecycleConfiguration": {"Rules": _lifecycle(expire_days)},
    }
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


def _lifecycle(expire_days: int | None) -> list[Resource]:
    rules: list[Resource] = [
        {
            "Id": "unfinished-uploads",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS},
        }
    ]
    if expire_days is not None:
        rules.append(
            {
                "Id": "expiration",
                "Status": "Enabled",
                "ExpirationInDays": expire_days,
                "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
            }
        )
    return rules
