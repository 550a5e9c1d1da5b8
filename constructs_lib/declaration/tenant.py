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

    @model_validator(mode="after")
    def _one_way(self) -> Tenant:
        if self.key is not None and self.id != NO_TENANT:
            raise refusal(
                "tenant-ambiguous", "key and id are both set", "one of them", "remove tenant.id or tenant.key"
            )
        return self
