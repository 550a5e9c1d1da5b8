"""A failed step is raised under the name that its workflow tells apart, and says nothing that must not be said."""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from functions.runtime import Invalid, Permanent, Recoverable, Refused, Run, Throttled
from tests.runtime.steps.stepped import Stepped, outcome

if TYPE_CHECKING:
    from collections.abc import Callable


CARD = {"card": "4111-1111", "holder": "Ada"}


class CardError(Exception): ...


class CardExpired(CardError): ...  # noqa: N818 - a name that a declaration may have


class NoStock(Permanent): ...


class Slow(Throttled): ...


class Later(Recoverable): ...


class Broken(Invalid): ...


def raising(error: BaseException) -> Callable[[Any, Run], object]:
    def handler(given: Any, run: Run) -> object:
        raise error

    return handler


@pytest.mark.parametrize(
    ("error", "declared", "name"),
    [
        (CardExpired("no"), (), "CardExpired"),
        (CardExpired("no"), ("CardError",), "CardError"),
        (CardExpired("no"), ("CardError", "CardExpired"), "CardExpired"),
        (CardExpired("no"), ("Exception",), "Exception"),
        (NoStock("no"), (), "Permanent"),
        (NoStock("no"), ("NoStock",), "NoStock.Permanent"),
        (Permanent("no"), (), "Permanent"),
        (Refused(404, "order-unknown"), (), "Permanent"),
        (Refused(404, "order-unknown"), ("order-unknown",), "order-unknown.Permanent"),
        (Later("no"), (), "Recoverable"),
        (Slow("no"), (), "Throttled"),
        (Broken("no"), (), "Invalid"),
        (Broken("no"), ("Broken",), "Broken.Permanent"),
        (ClientError({"Error": {"Code": "ValidationException"}}, "Put"), (), "Permanent"),
        (ClientError({"Error": {"Code": "Throttling"}}, "Put"), (), "ClientError"),
        (ClientError({"Error": {"Code": "Throttling"}}, "Put"), ("Throttling",), "Throttling"),
        (SystemExit(1), (), "SystemExit"),
        (asyncio.CancelledError(), (), "CancelledError"),
        (MemoryError(), (), "MemoryError"),
    ],
)
def test_the_name_is_the_first_that_is_told_apart_else_what_it_means_for_a_retry(
    error: BaseException, declared: tuple[str, ...], name: str
) -> None:
    expected = name.replace("-", "_")
    world = Stepped(raising(error), errors=declared)
    assert outcome(world) == expected
    assert world.statuses() == ["failed"]


@pytest.mark.parametrize(("called", "name"), [("Fehler\u00fcber", "Fehler_ber"), ("\u932f\u8aa4", "Error")])
def test_a_class_that_no_state_machine_could_name_is_raised_under_what_is_left(called: str, name: str) -> None:
    assert outcome(Stepped(raising(type(called, (Exception,), {})("no")))) == name


def unfinished(given: Any, run: Run) -> object:
    return (number for number in range(3))


@pytest.mark.parametrize(
    ("result", "name"),
    [
        (float("nan"), "ValueError"),
        ({"at": float("inf")}, "ValueError"),
        (object(), "TypeError"),
        ({1, 2}, "TypeError"),
        (b"bytes", "TypeError"),
        ("\ud800", "UnicodeEncodeError"),
        ({(1, 2): 3}, "TypeError"),
    ],
)
def test_a_result_that_is_no_json_fails_the_step(result: Any, name: str) -> None:
    world = Stepped(lambda given, run: result)
    assert outcome(world) == name
    assert world.statuses() == ["failed"]


def test_a_result_that_is_not_done_yet_fails_the_step() -> None:
    assert outcome(Stepped(unfinished)) == "TypeError"


def test_a_result_nested_in_itself_fails_the_step() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert outcome(Stepped(lambda given, run: endless)) == "ValueError"


@pytest.mark.parametrize("data_class", ["confidential", "restricted"])
def test_of_masked_data_neither_message_nor_traceback_nor_log_says_anything(data_class: str) -> None:
    world = Stepped(raising(CardError("card {card} of {holder}".format(**CARD))), data_class=data_class)
    with pytest.raises(Exception, match=r"^masked: ") as raised:
        world.take(CARD)
    told = "".join(traceback.format_exception(raised.value))
    for text in (told, world.log.getvalue(), *(entry.text for entry in world.entries())):
        assert "4111" not in text
        assert "Ada" not in text
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


def test_of_open_data_the_message_is_told() -> None:
    with pytest.raises(Exception, match=r"^card refused$"):
        Stepped(raising(CardError("card refused"))).take()


def test_a_secret_that_was_fetched_is_not_told() -> None:
    def pay(given: Any, run: Run) -> object:
        raise CardError(f"key {run.secrets['bank']}")

    world = Stepped(pay, secrets=("bank",))
    world.secrets["bank"] = "hunter2-hunter2"
    with pytest.raises(Exception, match=r"^key ") as raised:
        world.take()
    assert "hunter2" not in "".join(traceback.format_exception(raised.value))


def test_an_interrupt_by_hand_ends_the_process() -> None:
    with pytest.raises(KeyboardInterrupt):
        Stepped(raising(KeyboardInterrupt())).take()
