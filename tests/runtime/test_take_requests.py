"""The function that takes requests queues what the gateway has let in, claims and all, and keeps large bodies first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import client_error
from functions.contract.environment import IntakeSettings, Variable
from functions.contract.message import LARGE_BODY, MAX_BODY_BYTES, MAX_LARGE_BYTES, LargeBody
from functions.runtime.errors import SettingsError
from functions.take_requests.buffer import Buffer
from functions.take_requests.large import LargeBodies
from functions.take_requests.logic import Intake
from functions.take_requests.settings import TakeSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.take_requests.answer import Answer

ENVIRONMENT = {
    Variable.PIPELINE.value: "shop-orders",
    Variable.STAGE.value: "dev",
    Variable.QUEUE_URL.value: "https://queue/buffer",
    Variable.RAW_BUCKET.value: "raw",
    Variable.INTAKE.value: IntakeSettings().to_json(),
}
WITH_CLAIMS = IntakeSettings(claims=("sub", "azp"))
LARGE = json.dumps({"order_id": "o-1", "note": "x" * MAX_BODY_BYTES})


@dataclass
class Door:
    """The function with everything around it in memory."""

    settings: IntakeSettings = WITH_CLAIMS
    down: set[str] = field(default_factory=set)
    sent: list[tuple[str, Mapping[str, str], str | None]] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, body: bytes) -> None:
        self._fail("put")
        self.objects[key] = body

    def send(self, body: str, attributes: Mapping[str, str], group: str | None) -> str:
        self._fail("send")
        self.sent.append((body, attributes, group))
        return f"message-{len(self.sent)}"

    def post(self, body: str, **claims: str) -> Answer:
        large = LargeBodies("shop-orders", self.put)
        buffer = Buffer(send=self.send, large=large, max_body=self.settings.max_body, group_key=self.settings.group_key)
        authorizer = {"jwt": {"claims": claims}} if claims else {}
        context = {"requestId": "r-1", "timeEpoch": 1_700_000_000_000, "authorizer": authorizer}
        return Intake(buffer, self.settings.claims, lambda: 0.0).answer({"body": body, "requestContext": context})

    def _fail(self, step: str) -> None:
        if step in self.down:
            raise client_error("InternalServerError", step)


def test_a_request_is_queued_with_the_declared_claims_and_no_other() -> None:
    door = Door()
    answer = door.post('{"order_id": "o-1"}', sub="user-1", email="ann@example.com")
    assert (answer.status, answer.message_id) == (202, "message-1")
    ((text, attributes, group),) = door.sent
    assert (text, group) == ('{"order_id": "o-1"}', None)
    assert attributes["claims.sub"] == "user-1"
    assert {name for name in attributes if name.startswith("claims.")} == {"claims.sub"}
    assert attributes["request_id"] == "r-1"
    assert door.objects == {}


def test_a_large_body_is_kept_and_named_beside_the_claims() -> None:
    door = Door()
    assert door.post(LARGE, sub="user-1").status == 202
    ((key, body),) = door.objects.items()
    ((text, attributes, _),) = door.sent
    assert body.decode() == LARGE
    assert len(text) < 300
    assert LargeBody.from_json(attributes[LARGE_BODY]).key == key
    assert attributes["claims.sub"] == "user-1"
    assert len(attributes) <= 10


def test_a_fifo_queue_is_told_the_group() -> None:
    door = Door(IntakeSettings(group_key="body.order_id"))
    assert door.post('{"order_id": "o-1"}').status == 202
    assert [group for _, _, group in door.sent] == ["o-1"]


@pytest.mark.parametrize("step", ["put", "send"])
def test_what_aws_refuses_is_answered_503_and_no_message_names_what_is_not_there(step: str) -> None:
    door = Door(down={step})
    assert door.post(LARGE).status == 503
    assert door.sent == []
    door.down.clear()
    assert door.post(LARGE).status == 202


@pytest.mark.parametrize(("most", "size"), [(0, MAX_LARGE_BYTES), (2_000, 2_000)])
def test_a_body_above_the_limit_is_answered_413(most: int, size: int) -> None:
    door = Door(IntakeSettings(max_body=most))
    assert door.post("x" * size).status == 202
    answer = door.post("x" * (size + 1))
    assert (answer.status, answer.code, len(door.sent)) == (413, "body-too-large", 1)


@pytest.mark.parametrize(("body", "sub"), [("", "user-1"), ("\x00", "user-1"), ("{}", "user\x01")])
def test_what_no_message_can_hold_is_answered_400(body: str, sub: str) -> None:
    door = Door()
    assert (door.post(body, sub=sub).status, door.sent) == (400, [])


@pytest.mark.parametrize("variable", list(ENVIRONMENT))
def test_a_missing_variable_stops_the_cold_start_with_its_name(variable: str) -> None:
    known = {name: value for name, value in ENVIRONMENT.items() if name != variable}
    with pytest.raises(SettingsError, match=f"{variable} is missing"):
        TakeSettings.from_environment(known)


def test_in_lambda_the_environment_is_read_when_the_module_is_imported() -> None:
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    def run(**variables: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "import functions.take_requests.handler"]
        return subprocess.run(command, capture_output=True, text=True, env={**base, **variables}, check=False)

    assert run(AWS_LAMBDA_FUNCTION_NAME="take", **ENVIRONMENT).returncode == 0
    missing = run(AWS_LAMBDA_FUNCTION_NAME="take")
    assert missing.returncode != 0
    assert "PIPELINE_INTAKE is missing" in missing.stderr
