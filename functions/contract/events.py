"""Events on the platform's bus: what they are called and what they hold, for whoever sends or matches them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from functions.contract.environment import JsonShape


class DetailType(StrEnum):
    """What has happened; the ``detail-type`` that a rule matches."""

    APPROVAL_ASKED = "ApprovalAsked"
    """A run waits for a person: ``ApprovalAsked``."""
    CONTRACT_DRIFT = "ContractDrift"
    """Records of a pipeline hold fields that its contract does not know: ``ContractDrift``."""
    FAN_IN_INCOMPLETE = "FanInIncomplete"
    """The time of a group was over before all of its parts had come: ``FanInIncomplete``."""
    FAN_IN_LATE = "FanInLate"
    """A part landed after its group was closed: ``FanInLate``."""
    INTAKE_SLOWED = "IntakeSlowed"
    """A pipeline takes in less, because a dependency fails: ``IntakeChange``."""
    INTAKE_RESUMED = "IntakeResumed"
    """A pipeline takes in what is declared again: ``IntakeChange``."""


@dataclass(frozen=True, kw_only=True)
class ApprovalAsked(JsonShape):
    """A run waits until a person approves or rejects; told at least once for each question."""

    pipeline: str
    stage: str
    tenant: str
    run_token: str
    run_id: str
    step: str
    """Path of the step: ``release[3]``."""
    message: str
    """What is to be approved; empty of confidential and restricted data."""
    ends_at: str
    """When the run gives up waiting: ISO 8601 in UTC."""


@dataclass(frozen=True, kw_only=True)
class ContractDrift(JsonShape):
    """Records landed with fields that their contract does not know; told once for each set of fields."""

    pipeline: str
    stage: str
    tenant: str
    contract_id: str
    contract_version: str
    schema_hash: str
    fields: tuple[str, ...]
    """Paths such as ``lines[].colour``; of confidential and restricted data, names are hashed."""
    run_token: str
    """The first run of the batch that was found with them."""
    run_id: str
    records: int
    """Records of the batch with exactly these fields."""


@dataclass(frozen=True, kw_only=True)
class FanInIncomplete(JsonShape):
    """A group was consolidated with what was there, or given up; told when the ledger says so."""

    pipeline: str
    stage: str
    tenant: str
    group: str
    run_token: str
    run_id: str
    on_timeout: str
    parts: int
    missing_count: int
    missing: tuple[str, ...]
    """The first hundred names, where parts have names; none of confidential and restricted data."""


@dataclass(frozen=True, kw_only=True)
class FanInLate(JsonShape):
    """A part that is in the Raw Stage and not in what was made of its group."""

    pipeline: str
    stage: str
    tenant: str
    group: str
    part: str
    """Its name; of confidential and restricted data, a hash of it."""
    run_token: str
    run_id: str


@dataclass(frozen=True, kw_only=True)
class IntakeChange(JsonShape):
    """Intake slowed or resumed; told at least once for each interval, whose run token tells repeats apart."""

    pipeline: str
    stage: str
    dependency: str
    action: str
    """``slow`` or ``pause``."""
    run_token: str
    """That of the interval's two entries in the ledger."""
    error_type: str
    """The failure that opened the breaker."""
    since: str
    """ISO 8601 in UTC."""
    duration_ms: int
    """How long intake was not as declared; 0 when it slows."""


@dataclass(frozen=True)
class Event:
    """One event that is to be sent; ``detail`` is the shape that belongs to its type."""

    type: DetailType
    detail: JsonShape
