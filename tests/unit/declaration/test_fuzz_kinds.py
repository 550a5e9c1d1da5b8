"""Every field of every kind, changed to what nobody expects: a plan comes out, or faults with known codes."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.catalog import load_catalog
from constructs_lib.cli._diagram import mermaid
from constructs_lib.cli._plan_view import plan_text
from constructs_lib.composition import plan_pipeline
from constructs_lib.cost import price
from constructs_lib.declaration import parse_pipeline
from constructs_lib.error_codes import CODES
from constructs_lib.errors import UserError
from constructs_lib.governance.review import review
from constructs_lib.governance.rule import Subject
from constructs_lib.model.names import platform_names
from tests.declarations import write_project
from tests.unit.declaration.schema_values import SCHEMA, chosen, values
from tests.unit.docs.test_kind_pages import EXAMPLES

if TYPE_CHECKING:
    from constructs_lib.declaration import PipelineDeclaration

CATALOG = load_catalog()
SEEDS = {str(example): yaml.safe_load(example.text) for example in EXAMPLES}
"""The declarations on the pages of the kinds: each is valid, and every kind is among them."""
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"))


def fields_of(value: dict[str, Any], schema: dict[str, Any]) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Return the place and the schema of each field that a declaration has or could have."""
    found = []
    for name, field in schema["properties"].items():
        found.append(((name,), field))
        items = value.get(name)
        inner = items if isinstance(items, list) else [items]
        for index, item in enumerate(inner):
            kind = chosen(field.get("items", field), item)
            place = (name, index) if isinstance(items, list) else (name,)
            if kind is not None and isinstance(item, dict):
                found += [((*place, *deeper), known) for deeper, known in fields_of(item, kind)]
    return found


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """Return a valid declaration after one to three changes, some of them at places that an earlier one has made."""
    value: dict[str, Any] = copy.deepcopy(SEEDS[draw(st.sampled_from(sorted(SEEDS)))])
    for _ in range(draw(st.integers(1, 3))):
        place, schema = draw(st.sampled_from(fields_of(value, SCHEMA)))
        inner: Any = value
        for part in place[:-1]:
            inner = inner[part]
        inner[place[-1]] = draw(values(schema))
    return value


def outcome(value: dict[str, Any], project: Path, stage: str = "dev", name: str = "x.json") -> set[str]:
    """Return the codes of what is wrong; empty for what loads, plans, is priced, judged, drawn and printed."""
    try:
        declaration = parse_pipeline(json.dumps(value), file=name, directory=project)
        walked(declaration, stage)
    except UserError as error:
        helpful = all(fault.found and fault.allowed and fault.fix and fault.path for fault in error.faults)
        return {fault.code for fault in error.faults} if helpful and str(error).encode() else {f"no help: {error}"}
    return set()


def walked(declaration: PipelineDeclaration, stage: str) -> None:
    plan = plan_pipeline(declaration, stage=stage, platform=platform_names("pipelines", stage), catalog=CATALOG)
    assert price(plan, CATALOG, 1_000_000).total_usd >= 0
    review([Subject(declaration, plan, CATALOG)], today=TODAY)
    assert plan_text(plan, 0).encode()
    assert mermaid(plan).startswith("flowchart")


@settings(max_examples=400, deadline=None)
@given(value=changed())
def test_any_field_of_any_kind_is_planned_or_refused_with_known_codes(project: Path, value: dict[str, Any]) -> None:
    assert outcome(value, project) <= CODES.keys()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_kind_is_named_within_limits_or_refused_where_pipeline_and_stage_are_longest(
    seed: str, project: Path
) -> None:
    value = {**SEEDS[seed], "pipeline": "p" * 32}
    assert outcome(value, project, stage="s" * 10) <= {"name-too-long"}
