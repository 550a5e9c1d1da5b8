"""The state table: short-lived claims and webhook nonces, written under conditions and removed by TTL."""

from __future__ import annotations

from dataclasses import dataclass

PARTITION_KEY = "pk"
SORT_KEY = "sk"
TTL_ATTRIBUTE = "expires_at"
CLAIM = "claim"
NONCE = "nonce"


@dataclass(frozen=True)
class Claim:
    """A worker's hold on one run token: ``lease_until`` in milliseconds and ``expires_at`` in seconds since 1970."""

    pk: str
    lease_id: str
    lease_until: int
    payload_hash: str
    expires_at: int


def claim_key(pipeline: str, token: str) -> str:
    """Return the partition key of a claim; starts with the pipeline, like every key of the table."""
    return f"{pipeline}#{token}"


def nonce_key(pipeline: str, signature_hash: str) -> str:
    """Return the partition key that marks a webhook signature as accepted."""
    return f"{pipeline}#webhook#{signature_hash}"


def own_keys(pipeline: str) -> str:
    """Return the pattern of all keys that a pipeline's functions may touch, for ``dynamodb:LeadingKeys``."""
    return f"{pipeline}#*"
