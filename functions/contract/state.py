"""The state table: short-lived claims and webhook nonces, written under conditions and removed by TTL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from functions.contract.identity import text_hash

PARTITION_KEY = "pk"
SORT_KEY = "sk"
TTL_ATTRIBUTE = "expires_at"
CLAIM = "claim"
NONCE = "nonce"
GROUP = "group"
"""Sort key of what is known of a group."""
PART_PREFIX = "part#"
BREAKER = "breaker"
INTAKE = "intake"
TURNS = "turns"
"""Sort key of what is known of a schedule's ticks."""
SCHEDULE = "schedule"
CHECKPOINT = "checkpoint"
APPROVAL = "approval"
ABOUT = "about"
REVISION = "rev_no"
"""How often an item was changed; the next change names it as its condition."""
DEPENDENCIES = "dependency"
"""What keys of breakers begin with; no pipeline may have this name."""


TOLD = "told"
UNTOLD = "untold"


class Tried(NamedTuple):
    """A message of a run that is not the one being tried now."""

    message_id: str
    attempts: int
    letter: str = ""
    """Whether the message stands in the dead-letter queue: ``told`` in the ledger, too, ``untold``, or not at all."""


@dataclass(frozen=True)
class Claim:
    """A worker's hold on one run token: ``lease_until`` in milliseconds and ``expires_at`` in seconds since 1970.

    It outlives the worker, and so it carries what the next one must know: how often which message was tried, and the
    entry of the ledger that the next one follows.
    """

    pk: str
    lease_id: str
    lease_until: int
    expires_at: int
    payload_hash: str
    message_id: str = ""
    """The message that the tries below were made with; another message of the same run has a budget of its own."""
    others: tuple[Tried, ...] = ()
    """Other messages of the run, the latest last: they may take turns."""
    attempt: int = 1
    """The try that the holder of the lease makes; once the lease is released, the tries that were made."""
    head: str | None = None
    """Hash of the run's newest ledger entry; None before the first."""
    given_up: bool = False
    """Whether the message stands in the dead-letter queue already."""
    untold: bool = False
    """Whether it does, and the ledger does not say so yet."""
    result: str | None = None
    """What the handler answered, for the same synchronous request again."""

    @property
    def latest(self) -> Tried:
        """What is to be remembered of its message once another has its turn."""
        letter = (UNTOLD if self.untold else TOLD) if self.given_up else ""
        return Tried(self.message_id, self.attempt, letter)


def claim_key(pipeline: str, token: str) -> str:
    """Return the partition key of a claim; starts with the pipeline, like every key of the table."""
    return f"{pipeline}#{token}"


def nonce_key(pipeline: str, signature_hash: str) -> str:
    """Return the partition key that marks a webhook signature as accepted."""
    return f"{pipeline}#webhook#{signature_hash}"


def group_key(pipeline: str, token: str) -> str:
    """Return the partition key of a group and its parts."""
    return f"{pipeline}#fan-in#{token}"


def part_key(name: str) -> str:
    """Return the sort key of a part; names come from outside, so they are hashed to a fixed length."""
    return f"{PART_PREFIX}{text_hash(name)[:32]}"


def own_keys(pipeline: str) -> str:
    """Return the pattern of all keys that a pipeline's functions may touch, for ``dynamodb:LeadingKeys``."""
    return f"{pipeline}#*"


def dependency_key(dependency: str) -> str:
    """Return the partition key of a dependency's breaker, which all pipelines that name the dependency share."""
    return f"{DEPENDENCIES}#{dependency}"


def intake_key(pipeline: str) -> str:
    """Return the partition key of what is known of a pipeline's slowed intake."""
    return f"{pipeline}#{INTAKE}"


def schedule_key(pipeline: str) -> tuple[str, str]:
    """Return the key of what is known of a schedule's ticks."""
    return f"{pipeline}#{SCHEDULE}", TURNS


def checkpoint_key(pipeline: str, cursor: str) -> tuple[str, str]:
    """Return the key of a cursor."""
    return f"{pipeline}#{CHECKPOINT}", cursor


def approval_key(pipeline: str, run_token: str, step: str) -> tuple[str, str]:
    """Return the key of a question to a person; those of one pipeline stand together, so that one query lists them."""
    return f"{pipeline}#{APPROVAL}", f"{run_token}#{step}"
