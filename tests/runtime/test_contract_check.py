"""A record's body against its contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from functions.contract.environment import ContractSettings
from functions.runtime.contract_check import ContractCheck
from functions.runtime.errors import ContractBreak

if TYPE_CHECKING:
    from pathlib import Path

ORDER = {
    "type": "object",
    "required": ["order_id"],
    "properties": {
        "order_id": {"type": "string"},
        "lines": {"type": "array", "items": {"properties": {"sku": {"type": "string"}}}},
        "labels": {"additionalProperties": {"type": "string"}},
    },
}


def test_a_good_body_passes_without_drift() -> None:
    assert ContractCheck.of(ORDER).check({"order_id": "o-1", "lines": [{"sku": "a"}]}) == ()


def test_a_break_names_place_and_rule_and_says_what_was_found() -> None:
    with pytest.raises(ContractBreak) as caught:
        ContractCheck.of(ORDER).check({"order_id": "o-1", "lines": [{"sku": 1}]})
    assert caught.value.code == "contract-broken"
    assert caught.value.place == "body.lines.0.sku breaks type"
    assert caught.value.detail == "body.lines[0].sku must be string"


def test_the_place_repeats_nothing_that_only_the_payload_knows() -> None:
    with pytest.raises(ContractBreak) as caught:
        ContractCheck.of(ORDER).check({"order_id": "o-1", "labels": {"jane@example.com": 1}})
    assert caught.value.place == "body.labels.*.* breaks type"
    assert "jane" in caught.value.detail


def test_unknown_fields_are_drift() -> None:
    assert ContractCheck.of(ORDER).check({"order_id": "o-1", "colour": "red"}) == ("colour",)


def test_unknown_fields_break_the_contract_where_drift_is_blocked() -> None:
    check = ContractCheck.of(ORDER, blocks_drift=True)
    assert check.check({"order_id": "o-1"}) == ()
    with pytest.raises(ContractBreak, match="colour") as caught:
        check.check({"order_id": "o-1", "colour": "red"})
    assert caught.value.code == "drift-blocked"
    assert "colour" not in caught.value.place


def test_a_body_that_nests_too_deeply_breaks_the_contract() -> None:
    body: object = 1
    for _ in range(2000):
        body = {"next": body}
    with pytest.raises(ContractBreak, match="too deeply"):
        ContractCheck.of({"properties": {"next": {"$ref": "#"}}}).check(body)


@pytest.mark.parametrize(("on_drift", "blocks"), [("block", True), ("land_and_flag", False)])
def test_the_file_of_the_bundle_is_loaded(tmp_path: Path, on_drift: str, blocks: bool) -> None:
    (tmp_path / "order.json").write_text(json.dumps(ORDER))
    settings = ContractSettings(id="order", version="1", schema_hash="0", file="order.json", on_drift=on_drift)
    check = ContractCheck.load(settings, tmp_path)
    assert check.blocks_drift is blocks
    with pytest.raises(ContractBreak):
        check.check({})
