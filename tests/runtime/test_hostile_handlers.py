"""Whatever a handler does, its neighbours' records are safe and its own leaves evidence."""

from __future__ import annotations

import asyncio
import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.ledger import Status
from functions.runtime import Permanent, Recoverable, Run, Throttled, runner
from functions.runtime.errors import SettingsError
from tests.runtime.fakes import World, put

if TYPE_CHECKING:
    from collections.abc import Callable


class MuteError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


def failing(error: BaseException) -> Callable[[Any, Run], None]:
    def handler(order: Any, run: Run) -> None:
        if order["order_id"] == "bad":
            raise error
        put(order, run)

    return handler


def deliver_two(handler: Callable[[Any, Run], object]) -> World:
    world = World(handler)
    world.send({"order_id": "bad"}, {"order_id": "good"})
    world.deliver()
    return world


@pytest.mark.parametrize(
    "error",
    [
        SystemExit(1),
        GeneratorExit(),
        asyncio.CancelledError(),
        BaseExceptionGroup("both", [SystemExit()]),
        MemoryError(),
        RecursionError(),
        MuteError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_exception_of_any_kind_fails_its_record_alone(error: BaseException) -> None:
    world = deliver_two(failing(error))
    assert [json.loads(line)["order_id"] for line in world.landed()] == ["good"]
    assert [entry.error_type for entry in world.entries(Status.FAILED)] == [type(error).__name__]


def test_an_interrupt_by_hand_ends_the_process_and_acknowledges_nothing() -> None:
    world = World(failing(KeyboardInterrupt()))
    world.send({"order_id": "bad"})
    with pytest.raises(KeyboardInterrupt):
        world.deliver()
    assert len(world.sqs.queue(world.settings.queue_url)) == 1


@pytest.mark.parametrize(
    ("given", "delay"),
    [("30", 30), (30, 30), (-5, 2), (None, 2), ("Wed, 21 Oct 2026 07:28:00 GMT", 2), ("nan", 2), (10**400, 2)],
    ids=str,
)
def test_a_retry_after_in_any_form_is_a_delay_or_left_to_the_backoff(given: Any, delay: int) -> None:
    world = deliver_two(failing(Throttled(retry_after=given)))
    assert world.sqs.delays["message-1"] == delay
    assert len(world.entries(Status.FAILED)) == 1


@pytest.mark.parametrize("endless", [float("inf"), float("nan")])
def test_a_retry_after_without_an_end_is_left_to_the_backoff(endless: float) -> None:
    assert deliver_two(failing(Throttled(retry_after=endless))).sqs.delays["message-1"] == 2


async def coroutine(order: Any, run: Run) -> None:
    put(order, run)


def generator(order: Any, run: Run) -> Any:
    put(order, run)
    yield


async def generator_to_come(order: Any, run: Run) -> Any:
    put(order, run)
    yield


def nothing() -> None:
    """Take no record."""


def record_alone(order: Any) -> None:
    """Take no run."""


def one_too_many(order: Any, run: Run, more: Any) -> None:
    """Take what nobody gives."""


def run_by_name(order: Any, *, run: Run) -> None:
    """Take the run by name only."""


class Callme:
    def __call__(self, order: Any, run: Run) -> None:
        put(order, run)


@pytest.mark.parametrize("function", [coroutine, generator, generator_to_come])
def test_a_function_that_only_promises_work_stops_the_cold_start(function: Any) -> None:
    with pytest.raises(SettingsError, match=f"{function.__name__}: the handler must be a plain def"):
        runner(function)


@pytest.mark.parametrize("function", [nothing, record_alone, one_too_many, run_by_name])
def test_a_function_with_other_parameters_stops_the_cold_start(function: Any) -> None:
    with pytest.raises(SettingsError, match=rf"{function.__name__}\(.*: the handler must take \(record, run\)"):
        runner(function)


@pytest.mark.parametrize("function", [Callme(), functools.partial(put)])
def test_what_is_no_function_stops_the_cold_start(function: Any) -> None:
    with pytest.raises(SettingsError, match="the handler must be a function"):
        runner(function)


@pytest.mark.parametrize("function", [lambda *both: None, lambda order, run, more=1: None])
def test_a_function_that_can_take_record_and_run_is_a_handler(function: Any) -> None:
    assert deliver_two(function).statuses() == ["succeeded", "succeeded"]


@pytest.mark.parametrize("function", [coroutine, generator, generator_to_come])
def test_work_that_is_handed_back_undone_does_not_pass_for_processed(function: Any) -> None:
    def handler(order: Any, run: Run) -> Any:
        return function(order, run)

    world = deliver_two(handler)
    assert world.landed() == []
    assert [entry.error_type for entry in world.entries(Status.FAILED)] == ["TypeError", "TypeError"]


@dataclass
class Order:
    order_id: str
    total: int


def test_the_argument_of_a_decorated_handler_is_checked_too() -> None:
    def traced(function: Any) -> Any:
        @functools.wraps(function)
        def inner(*given: Any, **named: Any) -> Any:
            return function(*given, **named)

        return inner

    @traced
    def handler(order: Order, run: Run) -> None:
        assert isinstance(order, Order)
        put(order, run)

    handler.__wrapped__.__annotations__["order"] = Order
    world = World(handler)
    world.send({"order_id": "good", "total": 1}, {"order_id": "bad", "total": "1"})
    world.deliver()
    assert world.statuses() == ["quarantined", "succeeded"]


def test_a_put_after_the_run_has_ended_fails_instead_of_landing_with_another_record() -> None:
    kept: list[Any] = []

    def handler(order: Any, run: Run) -> None:
        kept.append(run.outputs.raw)
        put(order, run)
        kept[0].put({"late": order["order_id"]})

    world = World(handler)
    world.send({"order_id": "first"}, {"order_id": "second"})
    world.deliver()
    assert [json.loads(line) for line in world.landed()] == [{"order_id": "first"}, {"late": "first"}]
    (failed,) = world.entries(Status.FAILED)
    assert failed.error_type == "RuntimeError"


def test_what_a_failed_run_has_put_does_not_land() -> None:
    def handler(order: Any, run: Run) -> None:
        put(order, run)
        put(order, run)
        if order["order_id"] == "bad":
            raise Recoverable

    world = deliver_two(handler)
    assert [json.loads(line)["order_id"] for line in world.landed()] == ["good", "good"]
    assert all(b"bad" not in body for body in world.s3.objects.values())


def test_a_handler_that_changes_its_argument_and_puts_it_lands_what_was_received() -> None:
    def handler(order: Any, run: Run) -> None:
        order["total"] = 99
        put(order, run)

    world = World(handler)
    world.send('{"order_id":  "x"}')
    world.deliver()
    assert world.landed() == ['{"order_id":  "x"}']


def test_a_number_that_json_cannot_say_does_not_land() -> None:
    world = World(lambda order, run: run.outputs.raw.put({"ratio": float("nan")}))
    world.send({"order_id": "x"})
    world.deliver()
    assert world.landed() == []
    assert [entry.error_type for entry in world.entries(Status.FAILED)] == ["ValueError"]


def test_an_output_that_is_not_declared_fails_the_record_and_names_those_that_are() -> None:
    world = World(lambda order, run: run.outputs.warehouse.put(order))
    world.send({"order_id": "x"})
    world.deliver()
    (entry,) = world.entries(Status.FAILED)
    assert entry.error_message == "output 'warehouse' is not declared; declared outputs: raw"


def test_metrics_that_cannot_be_written_undo_neither_this_batch_nor_the_next() -> None:
    def handler(order: Any, run: Run) -> None:
        run.metrics.add_metadata("object", object())
        run.metrics.add_metric(name="Revenue", unit="Count", value=1)
        put(order, run)

    world = deliver_two(handler)
    assert world.statuses() == ["succeeded", "succeeded"]
    assert [line["message"] for line in world.logged()] == ["metrics of the handler dropped"]


def test_a_handler_that_swallows_its_own_error_has_processed_its_record() -> None:
    def handler(order: Any, run: Run) -> None:
        try:
            raise Permanent
        except Permanent:
            run.logger.warning("swallowed")

    world = deliver_two(handler)
    assert world.statuses() == ["succeeded", "succeeded"]
    assert {entry.location for entry in world.entries()} == {None}
