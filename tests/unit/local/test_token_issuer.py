"""Tokens of the local issuer verify against what it publishes, and forged ones do not."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.local.token_issuer import TokenIssuer, claims_of
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.plan import PipelinePlan

DIGEST_INFO = "3031300d060960864801650304020105000420"


@pytest.fixture(scope="module")
def issuer() -> Iterator[TokenIssuer]:
    with TokenIssuer() as issuer:
        yield issuer


@pytest.fixture
def plan(tmp_path: Path) -> PipelinePlan:
    auth = {"type": "jwt", "issuer": "https://id.example.com/", "audience": ["orders"], "scopes": ["orders.write"]}
    source = {"type": "http", "path": "/orders", "auth": auth}
    return plan_pipeline(declare(tmp_path, source=source, tenant=None, idempotency={"key": ["body.order_id"]}))


def published(issuer: TokenIssuer) -> dict[str, Any]:
    found = httpx.get(f"{issuer.url}/.well-known/openid-configuration", trust_env=False).json()
    assert found["issuer"] == issuer.url
    (key,) = httpx.get(found["jwks_uri"], trust_env=False).json()["keys"]
    return dict(key)


def number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def is_genuine(token: str, key: dict[str, Any]) -> bool:
    """Check a signature with the public key alone (RFC 8017, section 8.2.2)."""
    said, _, signature = token.rpartition(".")
    opened = pow(number(signature), number(key["e"]), number(key["n"]))
    told = DIGEST_INFO + hashlib.sha256(said.encode()).hexdigest()
    return f"{opened:x}" == "1" + "ff" * (256 - 3 - len(told) // 2) + "00" + told


def test_a_token_is_genuine_and_for_the_route(issuer: TokenIssuer, plan: PipelinePlan) -> None:
    token, now = issuer.token(plan, "user-1"), time.time()
    assert is_genuine(token, published(issuer))
    claims = claims_of(token)
    assert (claims["iss"], claims["aud"], claims["sub"]) == (issuer.url, "orders", "user-1")
    assert claims["scope"] == "orders.write"
    assert claims["iat"] <= now < claims["exp"]


def test_an_expired_token_is_genuine_and_too_old(issuer: TokenIssuer, plan: PipelinePlan) -> None:
    token = issuer.token(plan, "user-1", lifetime=-10)
    assert is_genuine(token, published(issuer))
    assert claims_of(token)["exp"] < time.time()


def test_a_forged_token_says_the_same_and_is_not_genuine(issuer: TokenIssuer, plan: PipelinePlan) -> None:
    forged = issuer.forged(plan, "user-1")
    assert claims_of(forged)["sub"] == "user-1"
    assert not is_genuine(forged, published(issuer))


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", f"a.{base64.b64encode(json.dumps([1]).encode()).decode()}."])
def test_what_is_no_token_says_nothing(token: str) -> None:
    assert claims_of(token) == {}


def test_nothing_else_is_published(issuer: TokenIssuer) -> None:
    assert httpx.get(f"{issuer.url}/", trust_env=False).status_code == 404
