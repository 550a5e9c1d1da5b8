"""Network profiles: one module per kind, found by name; a new module is a new value of ``network``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BeforeValidator, Field

from constructs_lib.model.discovery import discover
from constructs_lib.model.network_profile import NetworkProfile

NETWORK_PROFILES = discover(__name__, NetworkProfile)
"""Every kind, in the order of their modules' names."""


def from_word(value: Any) -> Any:
    """Return ``{"type": word}`` for a profile that is written as one word."""
    return {"type": value} if isinstance(value, str) else value


if TYPE_CHECKING:
    AnyNetworkProfile = NetworkProfile
else:
    _Profile = Annotated[Union[NETWORK_PROFILES], Field(discriminator="type")]
    _Word = Literal[tuple(profile.model_fields["type"].default for profile in NETWORK_PROFILES)]
    AnyNetworkProfile = Annotated[_Profile, BeforeValidator(from_word, json_schema_input_type=Union[_Word, _Profile])]
