"""Where a story takes place: one deployed pipeline that takes signed orders, and a shop that sends them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from constructs_lib.errors import UserError
from constructs_lib.local.ledger_stream import LedgerStream

if TYPE_CHECKING:
    from constructs_lib.local.orders import Reply
    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.operations.replay import Replayer
    from functions.contract.ledger import LedgerEntry

SHOP = "dublin-1"
ACCEPTED = 202


class Scene:
    """The shop-orders pipeline in a session; order ids are new in each scene, so that scenes do not meet."""

    def __init__(self, session: LocalSession, plan: PipelinePlan, neighbours: tuple[PipelinePlan, ...] = ()) -> None:
        """Look at a pipeline that has been deployed, and at others beside it."""
        self.session = session
        self.plan = plan
        self.evidence = session.evidence(plan)
        self.sender = session.sender(plan)
        self.operator = session.deployed(plan)
        """The pipeline as an operator's commands reach it."""
        self.stream = LedgerStream(session.aws, plan.platform)
        self._neighbours = {neighbour.pipeline: neighbour for neighbour in neighbours}
        self.expected_back = 0
        """Messages in flight whose worker is dead; SQS shows them again after the visibility timeout."""
        self._prefix = uuid.uuid4().hex[:6]

    @property
    def path(self) -> dict[str, str]:
        """The path parameters of the shop."""
        return {"shop_id": SHOP}

    def order(self, name: str, **changes: Any) -> dict[str, Any]:
        """Return an order that satisfies the contract; ``changes`` replace fields, None leaves one out."""
        order = {
            "order_id": self.unique(name),
            "placed_at": "2025-01-15T10:30:00Z",
            "currency": "EUR",
            "lines": [{"sku": "tea-250", "quantity": 2, "unit_price": 4.5}],
            **changes,
        }
        return {field: value for field, value in order.items() if value is not None}

    def send(self, order: Mapping[str, Any], *, age: int = 0) -> Reply:
        """Send a signed order whose timestamp is ``age`` seconds old."""
        return self.sender.send(order, self.path, age=age)

    def deliver(self, order: Mapping[str, Any], *, age: int = 0) -> Reply:
        """Send a signed order that the webhook must take.

        Raises:
            UserError: ``local-order-refused`` with what the webhook answered.
        """
        reply = self.send(order, age=age)
        if reply.status != ACCEPTED:
            raise UserError.of(
                "local-order-refused",
                self.plan.pipeline,
                f"the webhook answered {reply.status}: {reply.body[:300]}",
                f"{ACCEPTED}",
                "run again with --keep and look at the function's log",
            )
        return reply

    def wait_until_quiet(self) -> None:
        """Wait until the buffer is empty but for the messages that are expected back."""
        self.evidence.wait_until_quiet(but_for=self.expected_back)

    def token(self, order: Mapping[str, Any]) -> str:
        """Return the run token of an order."""
        return self.evidence.run_token(SHOP, str(order["order_id"]))

    def statuses(self, order: Mapping[str, Any]) -> list[str]:
        """Return what the ledger says of an order, oldest first."""
        return [entry.status.value for entry in self.evidence.entries(self.token(order))]

    def neighbour(self, pipeline: str) -> PipelinePlan:
        """Return the plan of a pipeline that is deployed beside this one; raises ``KeyError``."""
        return self._neighbours[pipeline]

    def unique(self, name: str) -> str:
        """Return an id that no other scene has."""
        return f"{self._prefix}-{name}"

    def replayer(self) -> Replayer:
        """Return a replayer on behalf of the account's root user."""
        return self.operator.replayer()


def told_entry(entry: LedgerEntry) -> str:
    """Return an entry of the ledger on one line."""
    reason = f" because of {entry.error_type}" if entry.error_type else ""
    parent = f", continues {entry.parent_run_id}" if entry.parent_run_id else ""
    return f"ledger at {entry.recorded_at[11:19]}: {entry.status.value}, attempt {entry.attempt}{reason}{parent}"
