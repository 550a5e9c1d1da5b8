"""The stand-in for somebody else's host: reached under its name over TLS, trusted by whoever is told of it alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.local.emulator import Emulator, free_port
from constructs_lib.local.project import Project
from constructs_lib.local.stand_in import stand_in
from constructs_lib.local.stub_api import StubAnswer, StubApi, StubRequest
from functions.contract.environment import Variable
from functions.runtime.http_client import Https, NoAnswer, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
HOST = "api.partner.example.com"


def answer(request: StubRequest) -> StubAnswer:
    if request.path == "/busy":
        return StubAnswer(429, {"later": True}, {"Retry-After": "2"})
    if request.path == "/moved":
        return StubAnswer(302, None, {"Location": "/orders"})
    return StubAnswer(201, {"pad": "x" * 200_000} if request.path == "/long" else {"got": request.method})


@pytest.fixture
def emulator(tmp_path: Path) -> Emulator:
    """Where the emulator would be; it is never started."""
    return Emulator(Project.at(ROOT).emulator_environment, tmp_path)


@pytest.fixture
def partner(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubApi]:
    monkeypatch.setenv(Variable.STAND_INS, str(emulator.stand_ins))
    with stand_in(emulator, HOST, answer) as api:
        yield api


def ask(client: Https, path: str = "/orders?a=1") -> int:
    return client.request("POST", path, {"Idempotency-Key": "t-0"}, b'{"order_id": "o-1"}', 5.0).status


def test_a_request_arrives_as_it_was_sent_under_the_name_of_the_host(partner: StubApi) -> None:
    assert ask(connect(HOST, 443)) == 201
    (request,) = partner.requests
    assert (request.method, request.path, dict(request.query)) == ("POST", "/orders", {"a": "1"})
    assert (request.headers["host"], request.headers["idempotency-key"]) == (HOST, "t-0")
    assert request.json() == {"order_id": "o-1"}


def test_a_refusal_is_an_answer_with_its_headers_and_a_redirect_is_not_followed(partner: StubApi) -> None:
    client = connect(HOST, 443)
    busy = client.request("POST", "/busy", {}, b"{}", 5.0)
    assert (busy.status, busy.headers["Retry-After"]) == (429, "2")
    assert ask(client, "/moved") == 302
    assert [request.path for request in partner.requests] == ["/busy", "/moved"]


def test_an_answer_that_is_too_long_to_read_does_not_hinder_the_next_request(partner: StubApi) -> None:
    client = connect(HOST, 443)
    assert [ask(client, path) for path in ("/long", "/orders", "/orders")] == [201, 201, 201]
    assert len(partner.requests) == 3


def test_a_certificate_of_another_host_is_refused_and_somebody_must_mend_it(
    partner: StubApi, emulator: Emulator
) -> None:
    known = json.loads(emulator.stand_ins.read_text())
    emulator.stand_ins.write_text(json.dumps({"other.example.com": known[HOST]}))
    with pytest.raises(NoAnswer) as refused:
        ask(connect("other.example.com", 443))
    assert refused.value.setup
    assert partner.requests == []


def test_an_authority_that_nobody_was_told_of_is_refused(partner: StubApi, emulator: Emulator, tmp_path: Path) -> None:
    stranger = tmp_path / "strangers.pem"
    with stand_in(emulator, "stranger.example.com", answer):
        stranger.write_bytes((emulator.folder / "stranger.example.com.ca.pem").read_bytes())
    known = json.loads(emulator.stand_ins.read_text())
    emulator.stand_ins.write_text(json.dumps({HOST: {**known[HOST], "ca": str(stranger)}}))
    with pytest.raises(NoAnswer) as refused:
        ask(connect(HOST, 443))
    assert refused.value.setup
    assert partner.requests == []


def test_a_host_where_nobody_listens_is_no_answer_that_may_come_later(emulator: Emulator, partner: StubApi) -> None:
    known = json.loads(emulator.stand_ins.read_text())
    emulator.stand_ins.write_text(json.dumps({HOST: {**known[HOST], "port": free_port()}}))
    with pytest.raises(NoAnswer) as silent:
        ask(connect(HOST, 443))
    assert partner.requests == []
    assert not silent.value.setup
    assert HOST not in str(silent.value)


def test_several_hosts_stand_side_by_side(partner: StubApi, emulator: Emulator) -> None:
    with stand_in(emulator, "api.second.example.com", answer) as second:
        assert [ask(connect(host, 443)) for host in (HOST, "api.second.example.com")] == [201, 201]
        assert (len(partner.requests), len(second.requests)) == (1, 1)
