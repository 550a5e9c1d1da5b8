"""The caps of pipelines that share a dependency bound the calls that it sees at once: measured with a stub."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from constructs_lib.drills.memory.clock import Context
from functions.runtime import Run, runner
from tests.runtime.fakes import World

BATCHES, RECORDS = 6, 10


class Stub:
    """A dependency that counts who is with it; ``most`` is the most it ever saw at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.now, self.most, self.calls = 0, 0, 0

    def call(self) -> None:
        with self._lock:
            self.now, self.calls = self.now + 1, self.calls + 1
            self.most = max(self.most, self.now)
        time.sleep(0.001)
        with self._lock:
            self.now -= 1


def drain(stub: Stub, name: str, cap: int) -> None:
    """Do what a mapping does: call the function with batches, ``cap`` of them at once and no more."""

    def ask(order: Any, run: Run) -> None:
        stub.call()

    world = World(ask, pipeline=name, outputs=())
    deployed = runner(ask).with_(world.settings, world.services(), world.folder)
    world.send(*({"order_id": f"o-{number}"} for number in range(BATCHES * RECORDS)))
    batches = [[m.to_record() for m in world.sqs.receive(world.buffer, RECORDS)] for _ in range(BATCHES)]
    context = Context(world.clock, world.clock.now() + 30, "request")
    with ThreadPoolExecutor(cap) as pool:
        answers = list(pool.map(lambda records: deployed.invoke({"Records": records}, context), batches))
    assert answers == [{"batchItemFailures": []}] * BATCHES


def test_the_dependency_never_sees_more_calls_at_once_than_the_sum_of_the_caps() -> None:
    stub, caps = Stub(), {"shop-orders": 3, "stock-levels": 2}
    with ThreadPoolExecutor(len(caps)) as pool:
        for made in [pool.submit(drain, stub, name, cap) for name, cap in caps.items()]:
            made.result()
    assert stub.calls == len(caps) * BATCHES * RECORDS
    assert 2 <= stub.most <= sum(caps.values())


def test_one_worker_asks_for_one_record_at_a_time() -> None:
    stub = Stub()
    drain(stub, "shop-orders", 1)
    assert stub.most == 1
