"""What makes two records the same record."""

from __future__ import annotations

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Duration, Name


class Idempotency(Frozen):
    """The identity of a record's effect: processed twice, it happens once."""

    key: tuple[Name, ...] = ()
    """JMESPath expressions over the record, such as ``body.order_id``; together they identify it."""
    ttl: Duration | None = None
    """How long a record is remembered; queue retention + DLQ retention + 3d when absent."""
