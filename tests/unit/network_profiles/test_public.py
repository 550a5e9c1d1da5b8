"""The public profile: no network of one's own, nothing to add."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from constructs_lib.model.kinds import Contribution
from constructs_lib.network_profiles import NETWORK_PROFILES, AnyNetworkProfile
from constructs_lib.network_profiles.public import Public
from tests.unit.event_sources.contexts import context

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
