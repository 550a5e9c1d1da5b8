"""Secrets planted in everything that comes from outside: what a run emits beside its own objects holds none of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import client_error
from functions.runtime import Permanent, Recoverable, Run, Throttled
from tests.runtime.fakes import World, contract, put
from tests.runtime.test_verify_webhook_handler import joined
from tests.runtime.webhook_shop import Shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "pl4nted-s3cret"
SCHEMA = {
    "type": "object",
    "properties": {
        "order_id": {},
        "fails": {},
        "email": {"type": "string", "pattern": "^[^0-9]*$"},
        "kind": {"enum": ["a"]},
        "tags": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "not": {"required": ["forbidden"]},
}
NONE: dict[str, BaseException] = {}
ERRORS: dict[str, Callable[[], BaseException]] = {
    "value": lambda: ValueError(f"bad {SECRET}"),
    "permanent": lambda: Permanent(f"{SECRET}\nINFO forged line"),
    "recoverable": lambda: Recoverable({"token": SECRET}),
    "throttled": lambda: Throttled(SECRET, retry_after=1),
    "key": lambda: NONE[SECRET],
    "aws": lambda: client_error("AccessDenied", SECRET),
    "exit": lambda: SystemExit(SECRET),
}


def handler(order: Any, run: Run) -> None:
    if order.get("fails"):
        try:
            raise ERRORS[order["fails"]]()
        except ValueError as error:
            raise RuntimeError(SECRET) from error
    put(order, run)


def everything(data_class: str, folder: Path) -> World:
    (folder / "order.json").write_text(json.dumps(SCHEMA))
    world = World(handler, data_class=data_class, contract=contract(), source="queue")
    world.folder = folder
    world.send(
        *({"order_id": SECRET + name, "fails": name} for name in ERRORS),
        {"order_id": "1", "email": SECRET},
        {"order_id": "2", "kind": SECRET},
        {"order_id": "3", "tags": {SECRET: "x"}},
        {"order_id": "4", "forbidden": SECRET},
        {SECRET: 1},
        f"{SECRET} is no JSON",
        '{"order_id": "5", "email": "' + SECRET,
        [SECRET],
        SECRET,
    )
    for message in world.sqs.queue(world.settings.queue_url):
        message.attributes["authorization"] = {"DataType": "String", "StringValue": SECRET}
    world.until_quiet(100)
    return world


def emitted(world: World, out: str, err: str) -> dict[str, str]:
    letters = [
        {name: value for name, value in letter.attributes.items() if name != "authorization"}
        for letter in world.dead_letters()
    ]
    return {
        "log": world.log.getvalue(),
        "metrics": out,
        "stderr": err,
        "ledger": json.dumps(world.dynamodb.items("ledger")),
        "state": json.dumps(world.dynamodb.items("state")),
        "dead letters": json.dumps(letters),
        "object names": json.dumps([list(world.s3.objects), world.s3.metadata]),
    }


@pytest.mark.parametrize("data_class", ["restricted", "confidential"])
def test_what_came_from_outside_is_found_nowhere_but_in_its_own_objects(
    data_class: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = everything(data_class, tmp_path)
    captured = capsys.readouterr()
    assert [name for name, text in emitted(world, captured.out, captured.err).items() if SECRET in text] == []
    assert any(SECRET in body.decode() for body in world.s3.objects.values())
    assert all(SECRET in letter.body for letter in world.dead_letters())
    assert len(world.dead_letters()) == len(ERRORS)


@pytest.mark.parametrize("data_class", ["internal", "public"])
def test_other_classes_say_what_was_wrong_and_keep_metrics_names_and_claims_clean(
    data_class: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = everything(data_class, tmp_path)
    captured = capsys.readouterr()
    said = {name for name, text in emitted(world, captured.out, captured.err).items() if SECRET in text}
    assert said == {"log", "ledger", "dead letters"}


@pytest.mark.parametrize("data_class", ["restricted", "internal"])
def test_a_line_break_from_outside_starts_no_log_line(data_class: str, tmp_path: Path) -> None:
    world = everything(data_class, tmp_path)
    assert all(line.startswith("{") for line in world.log.getvalue().splitlines())
    assert all(json.loads(line)["level"] for line in world.log.getvalue().splitlines())


@dataclass
class Model:
    order_id: str

    def __post_init__(self) -> None:
        raise KeyError(self.order_id)


def land_model(order: Model, run: Run) -> None:
    put(order, run)


def test_what_a_validator_says_of_restricted_data_is_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    world = World(land_model, data_class="restricted")
    world.send({"order_id": SECRET})
    world.until_quiet()
    captured = capsys.readouterr()
    assert [name for name, text in emitted(world, captured.out, captured.err).items() if SECRET in text] == []
    assert world.statuses() == ["dead_lettered", *["failed"] * 4]


def test_nothing_of_a_request_but_its_ids_is_answered_or_logged(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop(secret=SECRET, known=SECRET)
    handle = joined(shop)
    answers = [
        handle(shop.event(body=f'{{"a": "{SECRET}"}}', authorization=SECRET, x_correlation_id=f"{SECRET} !"), None),
        handle(shop.event(x_shop_signature=SECRET), None),
        handle(shop.event(x_shop_timestamp=SECRET), None),
        handle(shop.event(path=SECRET + "\x00"), None),
    ]
    handle(shop.event(body="[]", x_correlation_id=f"c-{SECRET}"), None)
    assert [attributes["correlation_id"] for _, attributes in shop.sent] == ["r-1", "r-1"]
    shop.down = {"secret"}
    answers.append(handle(shop.event(x_shop_signature="0" * 64), None))
    captured = capsys.readouterr()
    assert [answer["statusCode"] for answer in answers] == [202, 401, 401, 400, 503]
    assert SECRET not in json.dumps(answers) + captured.out + captured.err + shop.log.getvalue()
