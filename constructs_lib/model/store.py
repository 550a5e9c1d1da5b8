"""What every kind of store promises to the layers above."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.reserved import parse_store_name

if TYPE_CHECKING:
    from constructs_lib.model.contribution import Contribution
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site
    from functions.contract.environment import StoreSettings

StoreName = Annotated[str, BeforeValidator(parse_store_name), Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Access = Literal["read", "write", "delete", "read_write", "read_delete", "write_delete", "read_write_delete"]
"""What may be done with a store: its words, joined."""


class Store(Frozen):
    """What a handler reads and writes at once; only declared stores exist at run time, with a grant for each."""

    type: str
    name: StoreName
    """Name on ``run.stores``: lower case letters, digits and underscores."""
    access: Access = "read"
    """What the handler may do, and no more; who writes cannot delete unless it says so."""

    @abstractmethod
    def settings(self, context: PlanContext) -> StoreSettings:
        """Return what the runtime needs to reach it."""

    @abstractmethod
    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return grants, costs and resources; ``place`` is the store's path in the declaration."""

    @abstractmethod
    def bind(self, site: Site) -> None:
        """Make the store's own resources; CDK is imported here and not before."""

    def sid(self, word: str) -> str:
        """Return the name of a grant: ``ReadStoreOrders``."""
        return f"{word}Store" + "".join(part.capitalize() for part in self.name.split("_"))
