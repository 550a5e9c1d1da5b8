"""One flush: what the objects that it writes are called, and which metadata they carry."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.contract.raw import (
    METADATA_BUILD_ID,
    METADATA_CONTRACT_VERSION,
    METADATA_PIPELINE,
    METADATA_RECORD_COUNT,
    METADATA_SCHEMA_HASH,
    METADATA_SOURCE_ID,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.runtime.record import Record
    from functions.runtime.settings import RunnerSettings


@dataclass(frozen=True)
class Flush:
    """The records of up to one claim batch that are written together; ``load_date`` is ``YYYY-MM-DD`` in UTC."""

    id: str
    load_date: str
    settings: RunnerSettings
    build_id: str
    records: Mapping[str, Record] = field(default_factory=dict)
    """What is written, by run token."""
    left: Callable[[], float] = lambda: math.inf
    """Seconds that may still be spent on writing."""
    schema: Any = None
    """The contract's schema, of which columns are made; None without a contract."""

    def tenant_partition(self, tenant: str) -> str | None:
        """Return the tenant where tenants have objects of their own, else None."""
        return tenant if self.settings.isolated else None

    def metadata(self, records: int) -> dict[str, str]:
        """Return the metadata of an object of so many lines; all values are ASCII, as S3 wants them."""
        contract = self.settings.contract
        values = {
            METADATA_PIPELINE: self.settings.pipeline,
            METADATA_SOURCE_ID: self.settings.source,
            METADATA_BUILD_ID: self.build_id,
            METADATA_RECORD_COUNT: str(records),
            METADATA_SCHEMA_HASH: contract.schema_hash if contract else "",
            METADATA_CONTRACT_VERSION: contract.version if contract else "",
        }
        return {name: _ascii(value) for name, value in values.items() if value}


def _ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()
