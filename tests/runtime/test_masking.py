"""What is said of a record outside its own objects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.drills.memory.clock import Context
from functions.contract.message import FAILURE
from functions.runtime import Permanent, Recoverable, Run
from functions.runtime.errors import ContractBreak
from functions.runtime.failure import Failure, of_contract, of_platform
from functions.runtime.invocation import Invocation
from functions.runtime.masking import MAX_MESSAGE, masked, told
from functions.runtime.readers import reader
from functions.runtime.work import Work
from tests.runtime.fakes import World

SECRET = "jane@example.com"
RECORD = reader("queue", {})({"messageId": "m-1", "body": "{}"})


def said(failure: Failure, data_class: str) -> str:
    world = World(data_class=data_class)
    invocation = Invocation.start(world.settings, world.services(), Context(world.clock, 1e10, "r-1"))
    return told(Work(record=RECORD, token="t", tenant="default"), failure, invocation).message


@pytest.mark.parametrize("data_class", ["public", "internal"])
def test_messages_of_open_data_are_shown_up_to_a_length(data_class: str) -> None:
    assert said(of_platform("landing", "x"), data_class) == "landing failed: x"
    assert len(said(of_platform("x" * 5000, "y"), data_class)) == MAX_MESSAGE


@pytest.mark.parametrize("data_class", ["confidential", "restricted"])
def test_messages_of_closed_data_are_a_place_or_a_hash(data_class: str) -> None:
    broken = of_contract(ContractBreak("contract-broken", "body.mail breaks type", f"{SECRET} must be a number"))
    assert said(broken, data_class) == "body.mail breaks type"
    assert said(of_platform(SECRET, "x"), data_class) == masked(f"{SECRET} failed: x")


def test_equal_texts_have_equal_masks_and_masks_tell_nothing() -> None:
    assert masked(SECRET) == masked(SECRET) != masked("other")
    assert "jane" not in masked(SECRET)


@pytest.mark.parametrize("error", [Permanent, Recoverable, ValueError])
@pytest.mark.parametrize(("data_class", "shown"), [("internal", True), ("confidential", False), ("restricted", False)])
def test_payload_in_an_error_reaches_ledger_letters_and_log_only_for_open_data(
    data_class: str,
    shown: bool,
    error: type[Exception],
) -> None:
    def handler(order: Any, run: Run) -> None:
        raise error(f"cannot bill {order['mail']}")

    world = World(handler, data_class=data_class)
    world.send({"order_id": "o-1", "mail": SECRET})
    world.until_quiet()
    (letter,) = world.dead_letters()
    assert any(SECRET in str(entry) for entry in world.entries()) is shown
    assert (SECRET in letter.attributes[FAILURE]["StringValue"]) is shown
    assert (SECRET in world.log.getvalue()) is shown


def test_a_fault_of_the_code_can_be_found_even_where_its_message_is_hidden() -> None:
    def handler(order: Any, run: Run) -> None:
        raise ValueError(SECRET)

    world = World(handler, data_class="restricted")
    world.send({"order_id": "o-1"})
    world.deliver()
    (line,) = world.logged()
    assert line["error_place"].endswith(" in handler")
    assert "test_masking.py:" in line["error_place"]


@pytest.mark.parametrize("data_class", ["internal", "restricted"])
def test_the_whole_record_is_never_logged(data_class: str) -> None:
    def handler(order: Any, run: Run) -> None:
        raise Recoverable

    world = World(handler, data_class=data_class)
    world.send({"order_id": "o-1", "mail": SECRET}, json.dumps({"mail": SECRET}), f"{SECRET} is no json")
    world.until_quiet()
    assert SECRET not in world.log.getvalue()
    assert any(SECRET in (entry.sample or "") for entry in world.entries()) is (data_class == "internal")
