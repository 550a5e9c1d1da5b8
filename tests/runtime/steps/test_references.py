"""A large value is a reference in a state, the same value again for a handler, and never another one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.drills.memory.faults import Calls, Fault
from constructs_lib.drills.memory.objects import MemoryS3
from functions.contract.identity import canonical_json
from functions.contract.workflow import PLATFORM_BUSY, REFERENCE, REFERENCE_BYTES
from functions.runtime.errors import ContractBreak
from functions.runtime.objects import S3ObjectStore
from functions.runtime.steps.references import Values
from tests.runtime.fakes import BUCKET
from tests.runtime.steps.stepped import Stepped, outcome

if TYPE_CHECKING:
    from functions.runtime import Run

TOKEN = "f" * 32
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=600)
NAMES = st.sampled_from(["a", "b", "$ref", "value", "key", "sha256", "bytes"]) | TEXT
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(NAMES, inner, max_size=8),
    max_leaves=60,
)


def memory() -> tuple[MemoryS3, Values]:
    s3 = MemoryS3(Calls(), BUCKET)
    return s3, Values(S3ObjectStore(lambda: s3), BUCKET, "shop-orders")


def size(value: Any) -> int:
    return len(canonical_json(value).encode())


@settings(max_examples=300, deadline=None)
@given(JSON, st.integers(512, 4096))
def test_whatever_is_put_by_reference_fits_and_comes_back_equal(value: Any, limit: int) -> None:
    _, values = memory()
    shrunk = values.shrunk(value, TOKEN, limit)
    assert size(shrunk) <= limit
    assert values.resolved(json.loads(canonical_json(shrunk))) == value


@pytest.mark.parametrize(
    "value",
    [
        {"$ref": {"key": "values/shop-orders/x", "sha256": "0", "bytes": 1}},
        {"$ref": {"value": {"$ref": {"value": 1}}}},
        {"$ref": "#/definitions/order"},
        {"$ref": {"value": 1, "more": 2}},
        [{"$ref": {"key": 1, "sha256": 2, "bytes": 3}}],
    ],
)
def test_data_that_looks_like_a_reference_stays_data(value: Any) -> None:
    s3, values = memory()
    assert values.resolved(values.shrunk(value, TOKEN, 16_384)) == value
    assert not s3.objects


def test_small_fields_stay_in_the_state_however_deep_the_large_one_is() -> None:
    _, values = memory()
    shrunk = values.shrunk({"order": {"id": 1, "page": "x" * 9_000, "total": 3}, "ok": True}, TOKEN, 1_024)
    assert (shrunk["ok"], shrunk["order"]["id"], shrunk["order"]["total"]) == (True, 1, 3)
    assert set(shrunk["order"]["page"]) == {REFERENCE}


def test_many_small_parts_go_together_in_one_object() -> None:
    s3, values = memory()
    shrunk = values.shrunk({"lines": [{"sku": f"s-{number}"} for number in range(5_000)], "id": 1}, TOKEN, 1_024)
    assert shrunk["id"] == 1
    assert list(shrunk["lines"]) == [REFERENCE]
    assert len(s3.objects) == 1


def test_a_reference_stays_below_the_bytes_that_checks_count_for_it() -> None:
    s3, _ = memory()
    longest = Values(S3ObjectStore(lambda: s3), BUCKET, "p" * 32)
    assert size(longest.shrunk("x" * 5_000_000, TOKEN, 512)) <= REFERENCE_BYTES


def test_an_object_that_was_altered_is_not_taken_for_the_value() -> None:
    s3, values = memory()
    shrunk = values.shrunk("x" * 9_000, TOKEN, 512)
    (place,) = s3.objects
    s3.objects[place] = b'"y"'
    with pytest.raises(ContractBreak, match="value-altered"):
        values.resolved(shrunk)


def test_a_reference_to_other_objects_is_not_followed() -> None:
    _, values = memory()
    foreign = {REFERENCE: {"key": "raw/secret.json", "sha256": "0" * 64, "bytes": 1}}
    with pytest.raises(ContractBreak, match="value-elsewhere"):
        values.resolved(foreign)


def page(given: Any, run: Run) -> Any:
    return {"length": len(given["page"])} if given else {"page": "x" * 50_000, "id": 1}


def test_a_step_is_given_the_value_and_not_the_reference() -> None:
    world = Stepped(page)
    first = world.take()
    assert first["id"] == 1
    assert set(first["page"]) == {REFERENCE}
    assert world.take(first, visit=1) == {"length": 50_000}


def test_a_value_that_is_gone_fails_the_step_for_good_and_one_that_cannot_be_read_now_does_not() -> None:
    world = Stepped(page)
    first = world.take()
    world.calls.plan = lambda index, name: Fault.REFUSED if name == "GetObject" else None
    assert outcome(world, first, visit=1) == PLATFORM_BUSY
    world.calls.plan = lambda index, name: None
    world.s3.objects.clear()
    assert outcome(world, first, visit=2) == "Invalid"
    assert world.statuses() == ["failed", "succeeded"]


def test_a_large_result_that_cannot_be_written_is_no_success() -> None:
    world = Stepped(page)
    world.calls.plan = _refused_puts
    assert outcome(world) == PLATFORM_BUSY


def _refused_puts(index: int, name: str) -> Fault | None:
    return Fault.REFUSED if name == "PutObject" else None
