"""Parts of a plan are found by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.composition import plan_pipeline
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path


def test_functions_and_queues_are_found_by_their_ids(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path))
    assert plan.function("verify").name == "shop-orders-dev-verify"
    assert plan.queue("dlq").name == "shop-orders-dev-dlq"


def test_an_id_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path))
    with pytest.raises(KeyError, match="verfy; known: land_order, verify"):
        plan.function("verfy")
    with pytest.raises(KeyError, match="known: buffer, dlq"):
        plan.queue("land_order")
