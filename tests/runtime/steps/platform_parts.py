"""What the platform's own functions of a workflow lean on, in memory."""

from __future__ import annotations

from typing import Any

from constructs_lib.drills.memory.clock import Clock
from constructs_lib.drills.memory.dynamodb import MemoryDynamoDB
from constructs_lib.drills.memory.events import MemoryEvents
from constructs_lib.drills.memory.faults import Calls
from functions.contract.ledger import LedgerEntry
from functions.runtime.back_pressure.state_items import PartiqlStateItems
from functions.runtime.partiql import from_attributes
from functions.runtime.run_entry import Writer
from tests.runtime.fakes import LEDGER, STATE


class Parts:
    """Tables, bus and clock of one pipeline, and who writes to its ledger."""

    def __init__(self, data_class: str = "internal") -> None:
        self.clock, self.calls = Clock(), Calls()
        self.dynamodb = MemoryDynamoDB(self.calls)
        self.bus = MemoryEvents(self.calls)
        self.writer = Writer(
            pipeline="shop-orders",
            stage="dev",
            data_class=data_class,
            manifest_hash="m" * 64,
            ledger_table=LEDGER,
            ledger_retention=86_400,
            function="function",
            version="1",
        )
        self.state = PartiqlStateItems(lambda: self.dynamodb, STATE)
        self.entries = PartiqlStateItems(lambda: self.dynamodb, LEDGER)

    def ledger(self) -> list[LedgerEntry]:
        return [LedgerEntry.from_item(from_attributes(item)) for item in self.dynamodb.items(LEDGER)]

    def client(self) -> Any:
        return self.dynamodb
