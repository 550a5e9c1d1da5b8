"""Whose data a record is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from constructs_lib.model.base import Frozen
from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import Name

NO_TENANT = "default"
"""Tenant of a pipeline that names none."""
TenantId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class Tenant(Frozen):
    """The tenant is read from each record by ``key``, or is the fixed ``id`` for all of them."""

    key: Name | None = None
    """JMESPath over the record, such as ``path.shop_id`` or ``body.tenant``."""
    id: TenantId = NO_TENANT
    """The fixed tenant of a pipeline that serves one."""
    isolation: Literal["pooled", "per_tenant"] = "pooled"
    """Whether tenants share the pipeline's resources."""
    max_share: Annotated[int, Field(strict=True, ge=1, le=100)] = 25
    """How much of a batch one tenant may have while others wait longer than they should, in percent; with ``key``.

    Each has an equal share where that is less; 100 holds nobody back.
    """

    @model_validator(mode="after")
    def _one_way(self) -> Tenant:
        if self.key is not None and self.id != NO_TENANT:
            raise refusal(
                "tenant-ambiguous", "key and id are both set", "one of them", "remove tenant.id or tenant.key"
            )
        if self.key is None and "max_share" in self.model_fields_set:
            raise refusal(
                "tenant-share-alone",
                "max_share is set and all records have the same tenant",
                "max_share beside tenant.key",
                "remove tenant.max_share, or say by tenant.key where a record names its tenant",
            )
        return self
