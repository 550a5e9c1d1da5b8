"""The example pipelines are valid and their handlers do what they say."""

from __future__ import annotations

from pathlib import Path

import constructs_lib
from constructs_lib.declaration.folder import load_pipelines

PIPELINES = Path(constructs_lib.__file__).parents[1] / "pipelines"


def test_every_example_is_valid_and_together_they_use_every_kind_of_source() -> None:
    declared = load_pipelines(PIPELINES)
    assert [declaration.pipeline for declaration in declared] == [
        "partner-orders",
        "price-quotes",
        "regional-sales",
        "shop-orders",
        "stock-levels",
    ]
    assert {declaration.source.type for declaration in declared} == {"http", "queue"}


def test_the_smallest_example_states_seven_fields() -> None:
    lines = (PIPELINES / "partner-orders.yaml").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if not line.startswith("#")]) == 7


def test_one_example_brings_a_dependency_with_its_hash() -> None:
    named = [declaration.taker.requirements for declaration in load_pipelines(PIPELINES)]
    assert [name for name in named if name] == ["requirements.txt"]
    assert "--hash=sha256:" in (PIPELINES / "requirements.txt").read_text(encoding="utf-8")
