"""The operator of a simulation: replays dead letters as the platform does, entry first, then message, then removal."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from functions.contract.ledger import LedgerEntry, Status
from functions.contract.message import FAILURE, REPLAY, Failure, Replay
from functions.runtime.partiql import from_attributes, to_attribute

if TYPE_CHECKING:
    from constructs_lib.drills.memory.sqs import Message
    from constructs_lib.drills.world import World

OPERATOR = "arn:aws:iam::111122223333:user/operator"


def replay(world: World, letter: Message, number: int, *, stays: bool) -> Message:
    """Send one letter back to the buffer; where it ``stays``, the operator has died before removing it."""
    attributes = {name: value for name, value in letter.attributes.items() if name not in (FAILURE, REPLAY)}
    failure = _failure(letter)
    failed = _entry(world, failure) if failure else None
    if failure and failed:
        told = replace(
            failed,
            status=Status.REPLAYED,
            run_id=f"{failure.run_id}.replay.{number}",
            parent_run_id=failure.run_id,
            previous_hash=failed.hash,
            attempt=0,
            function=OPERATOR,
            location=None,
            error_type=None,
            error_message=None,
        )
        _insert(world, told)
        sign = Replay(failure.run_id, OPERATOR, told.recorded_at, told.hash)
        attributes[REPLAY] = {"DataType": "String", "StringValue": sign.to_json()}
    sent = world.sqs.put(world.buffer, letter.body, attributes)
    if not stays:
        world.sqs.delete(world.dlq, letter)
    return sent


def _failure(letter: Message) -> Failure | None:
    told = letter.attributes.get(FAILURE)
    return Failure(**json.loads(told["StringValue"])) if told else None


def _entry(world: World, failure: Failure) -> LedgerEntry | None:
    """Return the entry of the failed run; None where its worker died before it was written."""
    items = map(from_attributes, world.dynamodb.items(world.settings.ledger_table))
    entries = (LedgerEntry.from_item(item) for item in items if item["pk"].endswith(failure.run_token))
    return next((entry for entry in entries if entry.run_id == failure.run_id), None)


def _insert(world: World, entry: LedgerEntry) -> None:
    item = {name: to_attribute(value) for name, value in entry.to_item().items()}
    world.dynamodb.tables.setdefault(world.settings.ledger_table, {})[entry.pk, entry.sk] = item
