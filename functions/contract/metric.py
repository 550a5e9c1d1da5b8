"""The metrics that the deployed functions emit, and the namespace and dimensions under which they are found."""

from __future__ import annotations

from enum import StrEnum

NAMESPACE = "ServerlessPipelines"
SERVICE_DIMENSION = "service"
"""Powertools' dimension; the name of the function."""
PIPELINE_DIMENSION = "pipeline"
TENANT_DIMENSION = "tenant"
OTHER_TENANTS = "_other"
"""Value of the tenant's dimension for all beyond a bounded number; no tenant can have this name."""
"""Only landed records are counted by tenant: CloudWatch bills every combination of dimensions as a metric."""


class RecordMetric(StrEnum):
    """What came of the records of one invocation of a runner, as counts."""

    RECEIVED = "RecordsReceived"
    LANDED = "RecordsLanded"
    DUPLICATES = "RecordsDuplicate"
    QUARANTINED = "RecordsQuarantined"
    FAILED = "RecordsFailed"
    DEAD_LETTERED = "RecordsDeadLettered"
    DRIFTED = "RecordsDrifted"
    REJECTED = "RecordsRejected"
    """Synchronous requests alone can be rejected; no other function emits it."""
    RESPONSES_BROKEN = "ResponsesBroken"
    """Responses of a handler that break their contract and were not sent; written only when there is one."""
    DROPPED = "RecordsDropped"
    """Not meant for the pipeline, or not to be run then; written only when there is something to count."""


class WebhookMetric(StrEnum):
    """What came of one request at the verifying function, as counts."""

    ACCEPTED = "RequestsAccepted"
    REJECTED = "RequestsRejected"
    REPLAYED = "RequestsReplayed"
    FAILED = "RequestsFailed"


class EventMetric(StrEnum):
    """What became of events for the platform's bus, as counts; written only when there is something to count."""

    LOST = "EventsLost"


class EvidenceMetric(StrEnum):
    """What the platform's own functions found in ledger and archive, as counts; nothing is emitted while all is well.

    Their dimension ``pipeline`` holds the platform's name.
    """

    TAMPERED = "LedgerTampered"
    """Items changed, removed by anyone but time to live, or inserted without being entries."""
    NOT_ARCHIVED = "EntriesNotArchived"
    """Entries whose object could not be written; the stream tells them again."""
