"""A role is held to its pipeline's items by the keys that a call names; so it may make no call that names none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import load_pipelines
from constructs_lib.composition import plan_pipeline
from constructs_lib.model.names import platform_names
from tests.declarations import declare

if TYPE_CHECKING:
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.functions import Grant

NAMES_ITS_KEYS = frozenset(
    f"dynamodb:{call}"
    for call in (
        "BatchGetItem",
        "BatchWriteItem",
        "GetItem",
        "PartiQLInsert",
        "PartiQLUpdate",
        "PutItem",
        "Query",
        "UpdateItem",
    )
)
"""Calls that DynamoDB refuses without a partition key; Scan and PartiQLSelect it does not."""
QUEUED: dict[str, Any] = {"source": {"type": "queue"}, "tenant": None, "idempotency": {"key": ["body.order_id"]}}


def grants(declaration: PipelineDeclaration) -> list[Grant]:
    plan = plan_pipeline(declaration, stage="dev", platform=platform_names("pipelines", "dev"))
    return [
        grant
        for function in plan.functions
        for grant in function.grants
        if any(action.startswith("dynamodb:") for action in grant.actions)
    ]


def held(grant: Grant) -> bool:
    """Return whether the keys of the grant are bounded, on a table and not on an index, and always named."""
    keyed = any(condition.key == "dynamodb:LeadingKeys" for condition in grant.conditions)
    return keyed and set(grant.actions) <= NAMES_ITS_KEYS and not any("/index/" in one for one in grant.resources)


@pytest.mark.parametrize("declaration", load_pipelines(Path("pipelines")), ids=lambda declared: declared.pipeline)
def test_every_call_on_a_shared_table_names_the_keys_that_it_is_held_to(declaration: PipelineDeclaration) -> None:
    found = grants(declaration)
    assert found
    assert [grant.sid for grant in found if not held(grant)] == []


def test_with_back_pressure_too(tmp_path: Path) -> None:
    found = grants(declare(tmp_path, **QUEUED, back_pressure={"dependency": "raw-store"}))
    assert {"Breaker", "ReadBreaker", "KeepInterval"} <= {grant.sid for grant in found}
    assert [grant.sid for grant in found if not held(grant)] == []


def test_a_grant_to_scan_would_be_found() -> None:
    declaration = load_pipelines(Path("pipelines"))[0]
    grant = grants(declaration)[0]
    assert not held(grant.model_copy(update={"actions": ("dynamodb:Scan",)}))
    assert not held(grant.model_copy(update={"conditions": ()}))
