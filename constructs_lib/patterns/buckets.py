"""The platform's buckets: access logs, Raw Stage, and the evidence that nobody removes before its time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, aws_s3

from constructs_lib.patterns.pseudo_parameters import with_tokens
from constructs_lib.patterns.resource_policies import lock_kept, no_removal
from constructs_lib.patterns.retention import KEPT
from functions.contract.raw import LARGE_DAYS, LARGE_PREFIX, QUARANTINE_PREFIX
from functions.contract.workflow import VALUES_DAYS, VALUES_PREFIX

if TYPE_CHECKING:
    from aws_cdk import aws_kms
    from constructs import Construct

LOGS_BY_BUCKET_POLICY = "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy"
"""Feature flag that the platform sets for itself: access logs by bucket policy, because the bucket takes no ACL."""
REMOVED_DAYS = 30
QUARANTINE_DAYS = 400
LONGEST_LOCK = 36_500
"""Days of a default retention that S3 takes at most: a hundred years."""


class LockMode(StrEnum):
    """Who may shorten the retention of evidence."""

    GOVERNANCE = "governance"
    """The account's root user alone: the bucket's policy denies everyone else the bypass."""
    COMPLIANCE = "compliance"
    """Nobody, not even the root user: such a bucket cannot be emptied before the retention has passed."""


@dataclass(frozen=True, kw_only=True)
class EvidenceLock:
    """How long evidence is kept under S3 Object Lock, and how firmly.

    Raises:
        ValueError: ``days`` is not between 1 and 36,500.
    """

    mode: LockMode = LockMode.GOVERNANCE
    days: int = 400

    def __post_init__(self) -> None:
        """Refuse what S3 refuses."""
        if self.days < 1:
            raise ValueError(f"days is {self.days}; evidence is locked for one day at least")
        if self.days > LONGEST_LOCK:
            raise ValueError(f"days is {self.days}; evidence is locked for {LONGEST_LOCK:,} days at most")

    def retention(self) -> aws_s3.ObjectLockRetention:
        """Return the bucket's default retention."""
        duration = Duration.days(self.days)
        if self.mode is LockMode.COMPLIANCE:
            return aws_s3.ObjectLockRetention.compliance(duration)
        return aws_s3.ObjectLockRetention.governance(duration)


def build_access_logs(scope: Construct) -> aws_s3.Bucket:
    """Make the bucket that the other buckets' access logs go to."""
    return aws_s3.Bucket(
        scope,
        "AccessLogs",
        encryption=aws_s3.BucketEncryption.S3_MANAGED,
        block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        lifecycle_rules=[aws_s3.LifecycleRule(expiration=Duration.days(QUARANTINE_DAYS))],
        removal_policy=KEPT,
    )


def build_raw_stage(scope: Construct, name: str, logs: aws_s3.Bucket, key: aws_kms.Key | None) -> aws_s3.Bucket:
    """Make the bucket of what has landed and of the quarantine."""
    return _kept(scope, "RawStage", name, logs, key, "raw-stage/", lifecycle_rules=_raw_lifecycle())


def build_evidence(
    scope: Construct, name: str, logs: aws_s3.Bucket, key: aws_kms.Key | None, lock: EvidenceLock
) -> aws_s3.Bucket:
    """Make the bucket of the ledger's archive and its seals, locked from the moment in which an object is added."""
    bucket = _kept(
        scope,
        "Evidence",
        name,
        logs,
        key,
        "evidence/",
        lifecycle_rules=[_unfinished()],
        object_lock_enabled=True,
        object_lock_default_retention=lock.retention(),
    )
    for statement in lock_kept(bucket, lock.days):
        bucket.add_to_resource_policy(statement)
    return bucket


def _kept(
    scope: Construct, id: str, name: str, logs: aws_s3.Bucket, key: aws_kms.Key | None, prefix: str, **more: Any
) -> aws_s3.Bucket:
    """Make a private bucket, versioned and encrypted, from which nobody removes anything."""
    bucket = aws_s3.Bucket(
        scope,
        id,
        bucket_name=with_tokens(name),
        versioned=True,
        encryption=aws_s3.BucketEncryption.KMS if key else aws_s3.BucketEncryption.S3_MANAGED,
        encryption_key=key,
        bucket_key_enabled=True if key else None,
        block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        server_access_logs_bucket=logs,
        server_access_logs_prefix=prefix,
        removal_policy=KEPT,
        **more,
    )
    bucket.add_to_resource_policy(no_removal(bucket))
    return bucket


def _unfinished() -> aws_s3.LifecycleRule:
    return aws_s3.LifecycleRule(id="unfinished-uploads", abort_incomplete_multipart_upload_after=Duration.days(7))


def _passing(id: str, prefix: str, days: int) -> aws_s3.LifecycleRule:
    """Return the rule for what only passes by: nothing of it is left a day after it has expired."""
    return aws_s3.LifecycleRule(
        id=id,
        prefix=f"{prefix}/",
        expiration=Duration.days(days),
        noncurrent_version_expiration=Duration.days(1),
    )


def _raw_lifecycle() -> list[aws_s3.LifecycleRule]:
    """What has landed keeps every version: one that was overwritten is still there for whoever asks."""
    tiering = aws_s3.Transition(
        storage_class=aws_s3.StorageClass.INTELLIGENT_TIERING, transition_after=Duration.days(0)
    )
    return [
        aws_s3.LifecycleRule(id="tiering", transitions=[tiering]),
        _unfinished(),
        aws_s3.LifecycleRule(
            id="quarantine", prefix=f"{QUARANTINE_PREFIX}/", expiration=Duration.days(QUARANTINE_DAYS)
        ),
        _passing("large", LARGE_PREFIX, LARGE_DAYS),
        _passing("values", VALUES_PREFIX, VALUES_DAYS),
        aws_s3.LifecycleRule(
            id="removed",
            prefix=f"{QUARANTINE_PREFIX}/",
            noncurrent_version_expiration=Duration.days(REMOVED_DAYS),
            expired_object_delete_marker=True,
        ),
    ]
