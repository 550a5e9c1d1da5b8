"""The bucket of a store as plain CloudFormation: private, encrypted, reached over TLS alone, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.stores.bucket import Bucket

REPLACED_DAYS = 30
UNFINISHED_DAYS = 7


def bucket_resource(store: Bucket, name: str, key: object | None) -> dict[str, Any]:
    """Return the bucket; ``key`` stands for the ARN of the platform's own key, without one S3's own encrypts."""
    encryption: dict[str, Any] = {"SSEAlgorithm": "AES256"}
    if key is not None:
        encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    properties: dict[str, Any] = {
        "BucketName": {"Fn::Sub": name},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": encryption, **({"BucketKeyEnabled": True} if key else {})}
            ]
        },
        "PublicAccessBlockConfiguration": dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
        ),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": {"Rules": _lifecycle(store)},
    }
    if store.versioned:
        properties["VersioningConfiguration"] = {"Status": "Enabled"}
    return {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def tls_only(bucket: str) -> dict[str, Any]:
    """Return the policy that refuses every call without TLS; ``bucket`` is a logical id."""
    arn = {"Fn::GetAtt": [bucket, "Arn"]}
    return {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": bucket},
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": {"AWS": "*"},
                        "Action": "s3:*",
                        "Resource": [arn, {"Fn::Join": ["", [arn, "/*"]]}],
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    }
                ],
            },
        },
    }


def _lifecycle(store: Bucket) -> list[dict[str, Any]]:
    unfinished = {"DaysAfterInitiation": UNFINISHED_DAYS}
    rules: list[dict[str, Any]] = [{"Id": "unfinished", "AbortIncompleteMultipartUpload": unfinished}]
    if store.versioned:
        rules.append({"Id": "replaced", "NoncurrentVersionExpiration": {"NoncurrentDays": REPLACED_DAYS}})
    if store.expire_after:
        rules.append({"Id": "expired", "ExpirationInDays": store.expire_after.days})
    return [{**rule, "Status": "Enabled"} for rule in rules]
