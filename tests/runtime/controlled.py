"""Control of intake with everything around it in memory, and time that passes."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.drills.memory.clock import Clock
from constructs_lib.drills.memory.dynamodb import MemoryDynamoDB
from constructs_lib.drills.memory.events import MemoryEvents
from constructs_lib.drills.memory.faults import Calls, client_error
from functions.contract.environment import BackPressureSettings
from functions.contract.ledger import LedgerEntry
from functions.control_intake.handler import ControlIntake
from functions.control_intake.intake import Intake
from functions.control_intake.journal import Journal
from functions.control_intake.logic import Control
from functions.control_intake.mapping import LambdaMapping
from functions.control_intake.settings import ControlSettings
from functions.control_intake.watch import Watch
from functions.runtime.back_pressure.breaker import Breaker, Limits
from functions.runtime.back_pressure.breakers import StoredBreakers
from functions.runtime.back_pressure.state_items import PartiqlStateItems
from functions.runtime.events import EventBridgeSink
from functions.runtime.partiql import from_attributes
from functions.runtime.redactor import Redactor
from functions.runtime.telemetry import make_logger

CAP = 20


SLOWED, PAUSED, WHOLE = Intake(True, 2), Intake(False, 2), Intake(True, CAP)


LIMITS = Limits(threshold=1, recovery=30_000, row=60_000)


OPENED_FOR = 30_000


NOW = 1_700_000_000_000


@dataclass
class FakeLambda:
    """A mapping, and how often Lambda says that it is busy."""

    calls: Calls
    state: dict[str, Any] = field(
        default_factory=lambda: {"State": "Enabled", "ScalingConfig": {"MaximumConcurrency": CAP}}
    )
    busy: int = 0

    def get_event_source_mapping(self, *, UUID: str) -> dict[str, Any]:  # noqa: N803
        with self.calls.call("GetEventSourceMapping"):
            assert UUID == "mapping"
            return self.state

    def update_event_source_mapping(self, *, UUID: str, Enabled: bool, ScalingConfig: dict[str, int]) -> None:  # noqa: N803
        with self.calls.call("UpdateEventSourceMapping"):
            assert UUID == "mapping"
            if self.busy:
                self.busy -= 1
                raise client_error("ResourceInUseException")
            self.state = {"State": "Enabled" if Enabled else "Disabled", "ScalingConfig": ScalingConfig}


@dataclass
class FakeQueue:
    """The control queue with one message; ``hidden`` in seconds."""

    calls: Calls
    hidden: float = 0.0
    copies: int = 0

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:  # noqa: N803
        with self.calls.call("ChangeMessageVisibility"):
            self.hidden = VisibilityTimeout

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:  # noqa: N803
        with self.calls.call("SendMessage"):
            self.copies, self.hidden = self.copies + 1, DelaySeconds


class Controlled:
    """One controlling function with its message."""

    def __init__(self, action: str = "slow", cap: int = CAP) -> None:
        self.clock, self.calls = Clock(), Calls()
        self.dynamodb = MemoryDynamoDB(self.calls)
        self.bus = MemoryEvents(self.calls)
        self.functions, self.queue = FakeLambda(self.calls), FakeQueue(self.calls)
        self.breakers = StoredBreakers(PartiqlStateItems(lambda: self.dynamodb, "state"))
        self.settings = ControlSettings(
            pipeline="shop-orders",
            stage="dev",
            manifest_hash="m" * 64,
            back_pressure=BackPressureSettings("crm", 1, 30, action, "handler", "https://queue/control"),
            mapping_id="mapping",
            max_concurrency=cap,
            state_table="state",
            ledger_table="ledger",
            ledger_retention=86_400,
            event_bus="platform-events",
        )
        self.received = 0

    @property
    def now(self) -> int:
        return int(self.clock.now() * 1000)

    @property
    def intake(self) -> Intake:
        return Intake(
            self.functions.state["State"] == "Enabled", self.functions.state["ScalingConfig"]["MaximumConcurrency"]
        )

    def change(self, wanted: Breaker) -> None:
        assert self.breakers.replace("crm", self.breakers.read("crm"), wanted)

    def fail(self) -> None:
        self.change(self.breakers.read("crm").failed(self.now, "worker", "Recoverable", 0, LIMITS))

    def recover(self) -> None:
        probing = self.breakers.read("crm").claimed(self.now, "worker", self.now + 1000)
        self.change(probing)
        self.change(self.breakers.read("crm").succeeded(self.now, "worker"))

    def is_closed(self) -> bool:
        plan, self.calls.plan = self.calls.plan, lambda index, name: None
        closed = self.breakers.read("crm").closed
        self.calls.plan = plan
        return closed

    def look(self) -> bool:
        """Deliver the message once; return whether it stays."""
        self.received += 1
        items = PartiqlStateItems(lambda: self.dynamodb, "state")
        ledger = PartiqlStateItems(lambda: self.dynamodb, "ledger")

        control = Control(
            settings=self.settings,
            breakers=StoredBreakers(items),
            mapping=LambdaMapping(lambda: self.functions, "mapping"),
            watch=Watch(items, "shop-orders"),
            journal=Journal(
                self.settings, ledger, self.clock.now, ("control", "7"), EventBridgeSink(lambda: self.bus, "events")
            ),
            now=self.clock.now,
        )
        handler = ControlIntake(
            control, lambda: self.queue, "url", make_logger("p", "dev", "control", Redactor(), io.StringIO())
        )
        record = {"messageId": "m", "receiptHandle": "r", "body": "{}"}
        count = {"attributes": {"ApproximateReceiveCount": str(self.received)}}
        answer: dict[str, Any] = handler(
            {"Records": [{**record, **count}]}, type("Context", (), {"aws_request_id": "request"})
        )
        return bool(answer["batchItemFailures"])

    def entries(self) -> list[LedgerEntry]:
        return [LedgerEntry.from_item(from_attributes(item)) for item in self.dynamodb.items("ledger")]
