"""Which record it is, and whose."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.contract.environment import IdempotencySettings, TenantSettings
from functions.contract.identity import run_token
from functions.runtime.errors import ContractBreak
from functions.runtime.readers import reader
from functions.runtime.record_identity import RecordIdentity, finder
from tests.runtime.fakes import SETTINGS

if TYPE_CHECKING:
    from functions.runtime.record import Record


def record(fields: dict[str, Any]) -> Record:
    read = reader("http", {})({"messageId": "m-1", "body": "{}", "messageAttributes": {}})
    return replace(read, fields=fields)


def identity(*key: str, tenant: str | None = None) -> RecordIdentity:
    idempotency = IdempotencySettings(key=key or ("body.id",), ttl_seconds=1)
    return RecordIdentity(replace(SETTINGS, idempotency=idempotency, tenant=TenantSettings(key=tenant, id="fixed")))


def test_the_token_is_that_of_the_declared_key() -> None:
    token = identity("path.shop_id", "body.id").token(record({"body": {"id": 7}, "path": {"shop_id": "s"}}))
    assert token == run_token("shop-orders", ("s", 7))


@pytest.mark.parametrize(
    "body", [{}, {"id": None}, {"id": ""}, {"id": []}, {"id": {}}, [], None, "text", {"id": "\ud800"}]
)
def test_a_record_without_identity_breaks_its_contract(body: Any) -> None:
    with pytest.raises(ContractBreak) as caught:
        identity().token(record({"body": body}))
    assert caught.value.code == "key-missing"


@pytest.mark.parametrize("value", [0, False, 1.5, "0", ["a"], {"a": 1}])
def test_any_other_value_is_an_identity(value: Any) -> None:
    assert identity().token(record({"body": {"id": value}}))


def test_an_expression_that_does_not_apply_breaks_the_contract() -> None:
    with pytest.raises(ContractBreak):
        identity("join('-', body.id)").token(record({"body": {"id": 1}}))


def test_records_without_identity_stand_together_when_their_texts_are_equal() -> None:
    first = identity().stray_token(record({}))
    assert first == identity().stray_token(record({"body": 1}))
    assert first != identity().stray_token(replace(record({}), payload_hash="other"))


def test_the_tenant_is_fixed_or_read_from_the_record() -> None:
    assert identity().tenant(record({})) == "fixed"
    assert identity(tenant="path.shop_id").tenant(record({"path": {"shop_id": "s-1"}})) == "s-1"
    assert identity(tenant="body.shop").tenant(record({"body": {"shop": 12}})) == "12"


@pytest.mark.parametrize("shop", [None, "", "a/b", "..", "-a", "ä", "a" * 65, True, {"a": 1}, "a\n"])
def test_what_is_no_tenants_name_breaks_the_contract(shop: Any) -> None:
    with pytest.raises(ContractBreak) as caught:
        identity(tenant="body.shop").tenant(record({"body": {"shop": shop}}))
    assert caught.value.code == "tenant-missing"


@given(st.recursive(st.none() | st.text(alphabet=st.characters()) | st.integers(), st.lists, max_leaves=4))
def test_no_value_breaks_the_identity(value: Any) -> None:
    with suppress(ContractBreak):
        assert len(identity().token(record({"body": {"id": value}}))) == 32


@given(
    st.sampled_from(["a", "a.b", "_a.b1.a", "a[0]", "a || b", "a.b | a"]),
    st.recursive(
        st.none() | st.text() | st.integers(), lambda v: st.lists(v) | st.dictionaries(st.sampled_from("ab"), v)
    ),
)
def test_a_plain_path_finds_what_jmespath_finds(expression: str, fields: Any) -> None:
    assert finder(expression)(fields) == jmespath.search(expression, fields)
