"""A good token creates a user, once; without one, with a forged or an expired one nothing is created."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.callers import ask

if TYPE_CHECKING:
    import httpx

    from constructs_lib.local.trial import Trial

ANN: dict[str, str] = json.loads((Path(__file__).parent / "events" / "ann.json").read_text())
USERS = "user-create-dev-users"


def create(example: Trial, token: str | None, user: dict[str, Any]) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return ask(example.session, example.plans["user-create"], headers, user)


def token(example: Trial, sub: str = "id-1", **changes: Any) -> str:
    return example.session.issuer.token(example.plans["user-create"], sub, **changes)


def users(example: Trial) -> list[str]:
    return sorted(item["email"]["S"] for item in example.client("dynamodb").scan(TableName=USERS)["Items"])


@pytest.mark.parametrize("wrong", ["missing", "no token", "forged", "expired", "for somebody else"])
def test_without_a_good_token_nobody_is_created(example: Trial, wrong: str) -> None:
    bad = {
        "missing": None,
        "no token": "let-me-in",
        "forged": example.session.issuer.forged(example.plans["user-create"], "id-1"),
        "expired": token(example, lifetime=-60),
        "for somebody else": token(example, aud="invoices"),
    }[wrong]
    answer = create(example, bad, {"email": f"{wrong.replace(' ', '-')}@example.com", "name": "Eve"})
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    assert not [email for email in users(example) if email.startswith(wrong.replace(" ", "-"))]


def test_a_token_without_the_scope_is_forbidden(example: Trial) -> None:
    assert create(example, token(example, scopes=("users.read",)), ANN).status_code == 403
    assert ANN["email"] not in users(example)


def test_a_good_token_creates_the_user_once(example: Trial) -> None:
    first, again = (create(example, token(example), ANN) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    assert users(example).count(ANN["email"]) == 1
    evidence = example.evidence("user-create")
    entries = evidence.entries(evidence.run_token("id-1", ANN["email"]))
    assert [entry.status.value for entry in entries] == ["succeeded", "duplicate"]


def test_an_address_belongs_to_one_user(example: Trial) -> None:
    bob = {"email": "bob@example.com", "name": "Bob"}
    assert create(example, token(example, "id-2"), bob).status_code == 201
    answer = create(example, token(example, "id-3"), bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "user-exists")
    assert users(example).count("bob@example.com") == 1


def test_what_is_no_user_is_refused_without_its_values(example: Trial) -> None:
    answer = create(example, token(example), {"email": "nobody", "name": "Ann"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "contract-broken")
    evidence = example.evidence("user-create")
    assert "nobody" not in "".join(str(entry) for entry in evidence.every_entry())
