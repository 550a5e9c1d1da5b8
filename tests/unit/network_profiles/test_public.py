"""The public profile: no network of one's own, nothing to add."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter, ValidationError

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.governance.review import review
from constructs_lib.governance.rule import Subject
from constructs_lib.model.contribution import Contribution
from constructs_lib.network_profiles import NETWORK_PROFILES, AnyNetworkProfile
from constructs_lib.network_profiles.public import Public
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.declaration import PipelineDeclaration
    from constructs_lib.governance.rule import Finding

PROFILE: TypeAdapter[object] = TypeAdapter(AnyNetworkProfile)


def test_the_profile_is_found_by_its_module() -> None:
    assert (Public,) == NETWORK_PROFILES


@pytest.mark.parametrize("written", ["public", {"type": "public"}, Public()])
def test_the_profile_is_a_word_or_a_mapping(written: object) -> None:
    assert PROFILE.validate_python(written) == Public()


@pytest.mark.parametrize("written", ["moon", {"type": "moon"}, {}, 5, {"type": "public", "vpc": "a"}])
def test_what_is_no_profile_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        PROFILE.validate_python(written)


def test_the_profile_adds_nothing_to_the_plan() -> None:
    assert Public().contribute(context()) == Contribution()


def test_public_is_the_default_and_every_function_of_the_plan_has_it(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path))
    assert plan == plan_pipeline(declare(tmp_path, network="public"))
    assert plan.network == "public"
    assert {function.network for function in plan.functions} == {"public"}


@pytest.mark.parametrize(("network", "path"), [("moon", "network"), ({"type": "moon"}, "network.type")])
def test_an_unknown_profile_is_refused_with_those_that_exist(tmp_path: Path, network: object, path: str) -> None:
    (fault,) = from_fields(tmp_path, network=network)
    assert (fault.code, fault.path) == ("kind-unknown", path)
    assert "public" in fault.allowed


def test_a_profile_without_a_type_is_refused(tmp_path: Path) -> None:
    (fault,) = from_fields(tmp_path, network={})
    assert (fault.code, fault.path) == ("kind-missing", "network")


def test_restricted_data_on_this_profile_asks_for_an_approval(tmp_path: Path) -> None:
    assert findings(declare(tmp_path)) == []
    asked = findings(declare(tmp_path, data_class="restricted"))
    assert {(finding.rule, finding.decision.value) for finding in asked} == {
        ("Pipeline::restricted-on-public", "require_approval")
    }


def findings(declaration: PipelineDeclaration) -> list[Finding]:
    """Return what plan rules find."""
    subject = Subject(declaration, plan_pipeline(declaration), load_catalog())
    return list(review([subject], today=date(2026, 11, 21)).findings)
