"""Event sources: one module per kind, found by name; a new module is a new value of ``source.type``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from constructs_lib.model.discovery import discover
from constructs_lib.model.event_source import EventSource

EVENT_SOURCES = discover(__name__, EventSource)
"""Every kind, in the order of their modules' names."""

if TYPE_CHECKING:
    AnyEventSource = EventSource
else:
    AnyEventSource = Annotated[Union[EVENT_SOURCES], Field(discriminator="type")]
