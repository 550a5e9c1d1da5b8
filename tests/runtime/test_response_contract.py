"""A response that breaks its contract is never sent: the caller is told 500, and somebody is called."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.environment import RequestSettings
from functions.contract.metric import RecordMetric
from functions.runtime import Response
from tests.runtime.test_synchronous import Client, client

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {"type": "object", "required": ["total"], "properties": {"total": {"type": "integer"}}}


def shop(folder: Path, result: object) -> Client:
    (folder / "response.json").write_text(json.dumps(SCHEMA), encoding="utf-8")

    def handler(order: Any, run: Any) -> object:
        run.outputs.raw.put(order)
        return result

    made = client(handler, request=RequestSettings(response="response.json"))
    made.world.folder = folder
    return made


def metrics(made: Client, printed: str) -> int:
    lines = [json.loads(line) for line in printed.splitlines() if RecordMetric.RESPONSES_BROKEN in line]
    return int(sum(line[RecordMetric.RESPONSES_BROKEN][0] for line in lines))


@pytest.mark.parametrize("result", [{"total": "12 secret"}, {}, None, Response({"total": 1.5}, 201)])
def test_a_broken_response_is_not_sent_and_its_effects_do_not_land(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], result: object
) -> None:
    made = shop(tmp_path, result)
    answer = made.post()
    assert (answer["statusCode"], answer["body"]["error"]["code"]) == (500, "failed")
    assert "12 secret" not in json.dumps(answer)
    assert made.world.landed() == []
    assert made.world.statuses() == ["failed"]
    assert [line["level"] for line in made.world.logged()] == ["ERROR"]
    assert metrics(made, capsys.readouterr().out) == 1


@pytest.mark.parametrize("result", [{"total": 3}, Response({"total": 3}, 201), Response({"any": "form"}, 404)])
def test_a_good_response_and_any_error_of_the_handlers_own_are_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], result: object
) -> None:
    made = shop(tmp_path, result)
    assert made.post()["statusCode"] == Response.of(result).status
    assert made.world.statuses() == ["succeeded"]
    assert metrics(made, capsys.readouterr().out) == 0
