"""Both handlers in one process, taking turns on batches of one size, and what each of them took.

Usage: python -m benchmarks.runtime.program <records per batch> <rounds>
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.rounds import take_turns
from benchmarks.runtime.batches import new_batch, new_context
from benchmarks.runtime.calls import CallCounter
from benchmarks.runtime.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

WARM_UP = 3


@dataclass(frozen=True)
class Spent:
    """Seconds of one batch: on the wall, and of this process's CPU."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Side:
    """One of the two handlers and the clients that it uses."""

    handler: Callable[[dict[str, Any], Any], Any]
    clients: tuple[Any, ...]


def main() -> None:
    """Measure, and print the report as the only line: what the handlers log goes nowhere."""
    records, rounds = int(sys.argv[1]), int(sys.argv[2])
    report = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    store = Store(*_clients())
    store.create()
    sides = {"ours": _ours(), "peer": _peer()}
    counted = {name: _count(side, records, store) for name, side in sides.items()}
    turns = {name: partial(_spend, side, records) for name, side in sides.items()}
    measured = take_turns(turns, rounds, warm_up=WARM_UP)
    result = {"counted": counted, "rounds": [{n: asdict(spent) for n, spent in r.items()} for r in measured]}
    report.write(json.dumps(result) + "\n")
    report.close()


def _ours() -> Side:
    from functions.runtime.aws_clients import client

    module, _, function = os.environ["OUR_HANDLER"].rpartition(".")
    return Side(getattr(importlib.import_module(module), function), (client("dynamodb"), client("s3"), client("sqs")))


def _peer() -> Side:
    from benchmarks.runtime import peer_handler as peer

    return Side(peer.handler, (peer.dynamodb, peer.s3, peer.store.client))


def _clients() -> tuple[Any, Any]:
    import boto3

    return boto3.client("dynamodb"), boto3.client("s3")


def _invoke(side: Side, event: dict[str, Any]) -> None:
    answer = side.handler(event, new_context(os.environ["AWS_LAMBDA_FUNCTION_NAME"]))
    if answer != {"batchItemFailures": []}:
        raise RuntimeError(f"a batch failed: {answer}")


def _count(side: Side, records: int, store: Store) -> dict[str, Any]:
    """Return calls and write units of one batch, after checking that it had the effect it should have."""
    before, counter = store.effects(), CallCounter()
    counter.attach(side.clients)
    _invoke(side, new_batch(records))
    counter.detach(side.clients)
    added = store.effects() - before
    if (added.ledger_entries, added.landed_lines) != (records, records):
        raise RuntimeError(f"{records} records had other effects: {added}")
    return {"calls": dict(counter.calls), "write_units": counter.write_units}


def _spend(side: Side, records: int) -> Spent:
    event = new_batch(records)
    wall, cpu = time.perf_counter(), time.process_time()
    _invoke(side, event)
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


if __name__ == "__main__":
    main()
