"""Contacts are published to a CRM within its rate; what it cannot take now comes again, what it refuses is given up."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.stand_in import stand_in
from constructs_lib.local.stub_api import StubAnswer, StubRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.trial import Trial

CONTACT: dict[str, Any] = json.loads((Path(__file__).parent / "events" / "contact.json").read_text())
RATE, WORKERS = 10, 2


class Crm:
    """The CRM: it asks for less once for ``c-busy``, and never takes ``c-wrong``."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str, StubRequest]] = []

    def answer(self, request: StubRequest) -> StubAnswer:
        contact = request.path.rpartition("/")[2]
        before = Counter(name for _, name, _ in self.asked)[contact]
        self.asked.append((time.monotonic(), contact, request))
        if contact == "c-busy" and not before:
            return StubAnswer(429, {"error": "slow down, ada@example.com"}, {"Retry-After": "2"})
        if contact == "c-wrong":
            return StubAnswer(400, {"error": "no such owner: ada@example.com"})
        return StubAnswer(200, {"id": contact})

    def of(self, contact: str) -> list[tuple[float, StubRequest]]:
        return [(at, request) for at, name, request in self.asked if name == contact]


@pytest.fixture(scope="module")
def crm(example: Trial) -> Iterator[Crm]:
    crm = Crm()
    with stand_in(example.session.emulator, "api.crm.example.com", crm.answer):
        yield crm


@pytest.fixture(scope="module")
def evidence(example: Trial) -> Evidence:
    return example.evidence("crm-publish")


def send(example: Trial, evidence: Evidence, *contacts: str) -> None:
    queue, sqs = evidence.queue_url("buffer"), example.client("sqs")
    for contact in contacts:
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({**CONTACT, "contact_id": contact}))


def outcomes(evidence: Evidence, contact: str) -> list[tuple[str, str | None]]:
    entries = evidence.entries(evidence.run_token(contact, 1))
    return [(entry.status.value, entry.error_type) for entry in entries]


def test_contacts_are_published_within_the_rate_under_ids_of_their_own(
    example: Trial, evidence: Evidence, crm: Crm
) -> None:
    contacts = [f"c-{number}" for number in range(25)]
    send(example, evidence, *contacts)
    evidence.wait_until("all are published", lambda: all(outcomes(evidence, contact) for contact in contacts))
    assert {contact for _, contact, _ in crm.asked} == set(contacts)
    times = [at for at, _, _ in crm.asked]
    assert max(sum(start <= at < start + 1 for at in times) for start in times) <= RATE + WORKERS
    _, request = crm.of("c-1")[0]
    assert (request.method, request.path) == ("PUT", "/v1/contacts/c-1")
    assert request.json() == {"name": "Ada Example", "email": "ada@example.com", "version": 1}
    assert request.headers["idempotency-key"] == f"{evidence.run_token('c-1', 1)}-0"
    secret = example.client("secretsmanager").get_secret_value(SecretId="crm-publish-token")["SecretString"]
    assert request.headers["authorization"] == f"Bearer {secret}"


def test_a_crm_that_asks_for_less_is_left_alone_and_asked_again(example: Trial, evidence: Evidence, crm: Crm) -> None:
    send(example, evidence, "c-busy")
    evidence.wait_until("it is published", lambda: ("succeeded", None) in outcomes(evidence, "c-busy"))
    assert outcomes(evidence, "c-busy") == [("failed", "http-429"), ("succeeded", None)]
    (first, one), (second, other) = crm.of("c-busy")
    assert second - first >= 2
    assert one.headers["idempotency-key"] == other.headers["idempotency-key"]


def test_a_contact_that_the_crm_refuses_is_given_up_at_once_with_the_reason(
    example: Trial, evidence: Evidence, crm: Crm
) -> None:
    send(example, evidence, "c-wrong")
    evidence.wait_until("it is given up", lambda: bool(outcomes(evidence, "c-wrong")))
    assert outcomes(evidence, "c-wrong") == [("dead_lettered", "http-400")]
    assert len(crm.of("c-wrong")) == 1
    (letter,) = evidence.dead_letters(evidence.run_token("c-wrong", 1))
    assert (letter.reason, letter.error_type) == ("permanent", "http-400")
    told = repr(evidence.every_entry()) + "".join(evidence.log_lines())
    assert "ada@example.com" not in told
