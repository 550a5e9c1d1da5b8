"""The page on contracts: its schema does with its records what its table says, and is compiled once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import constructs_lib
from constructs_lib.drills.memory.clock import Context
from functions.runtime import runner
from tests.runtime.fakes import World, contract

if TYPE_CHECKING:
    from functions.contract.ledger import LedgerEntry

PAGE = (Path(constructs_lib.__file__).parents[1] / "docs/contract.md").read_text(encoding="utf-8")
(SCHEMA,) = re.findall(r"^```json schema\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ROWS = re.findall(r"^\| `(\{.*)` \| `(\w+)`(.*) \|$", PAGE, re.MULTILINE)
WORDS = re.compile(r"`([^`]+)`")


def entry_of(text: str, folder: Path) -> LedgerEntry:
    (folder / "order.json").write_text(SCHEMA)
    world = World(contract=contract())
    world.folder = folder
    world.send(text)
    world.deliver()
    (entry,) = world.entries()
    return entry


@pytest.mark.parametrize(("text", "status", "more"), ROWS)
def test_a_record_of_the_page_becomes_what_the_page_says(text: str, status: str, more: str, tmp_path: Path) -> None:
    entry = entry_of(text, tmp_path)
    said = WORDS.findall(more)
    assert entry.status.value == status
    told = entry.drift if status == "succeeded" else (f"{entry.error_type} {entry.error_message}",)
    assert len(told) == len(said)
    assert all(word in text for word, text in zip(said, told, strict=True))


def test_the_page_shows_every_outcome() -> None:
    assert [status for _, status, _ in ROWS] == ["succeeded", "succeeded", "quarantined", "quarantined"]


def test_the_schema_is_read_and_compiled_once_for_an_environment(tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text(SCHEMA)
    world = World(contract=contract())
    warm = runner(world.handler).with_(world.settings, world.services(), tmp_path)
    (tmp_path / "order.json").unlink()
    for number in range(3):
        world.send({"order_id": f"r-{number}", "celsius": number}, {"order_id": f"x-{number}"})
        records = [message.to_record() for message in world.sqs.receive(world.buffer, 10)]
        warm({"Records": records}, Context(world.clock, world.clock.now() + 30, f"request-{number}"))
    assert sorted(json.loads(line)["order_id"] for line in world.landed()) == ["r-0", "r-1", "r-2"]
    assert world.statuses().count("quarantined") == 3
