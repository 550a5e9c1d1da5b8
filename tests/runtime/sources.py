"""The events that every kind of source brings to a function, and what comes of them when something in them changes.

``envelopes/<type>/`` holds one event a file, as the AWS documentation shows it with the platform's names in it; what a
file of a name beginning with ``dropped`` holds is not for the pipeline. ``settings.json`` says ``key`` (the idempotency
key), and where they differ from the defaults ``options`` (what the reader is told), ``mode``, ``ordered``, and
``mutable`` (the parts of a record that its sender or a service writes).
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from functions.contract.environment import IdempotencySettings, RetrySettings
from tests.runtime.fakes import World

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "envelopes"
MUTABLE = ("body", "attributes", "messageAttributes")
"""What varies in a message of a queue: its id and its receipt handle are SQS's own."""
ONE_TRY = RetrySettings(max_attempts=1, interval_seconds=1, backoff_rate=1, max_delay_seconds=1, max_receive_count=0)

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "{", "[]", "null", '"', "%2", "+", "${x}", "a" * 300, "\ud800"])
    | st.text(alphabet=st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@dataclass(frozen=True)
class Envelope:
    """One event of one kind of source, with the settings of a pipeline that takes it."""

    source: str
    name: str
    event: dict[str, Any]
    settings: dict[str, Any]

    def world(self) -> World:
        """Return a pipeline that lands what this source brings, and tries each record once."""
        return World(
            source=self.source,
            idempotency=IdempotencySettings(key=tuple(self.settings["key"]), ttl_seconds=86_400),
            retry=ONE_TRY,
            source_options=self.settings.get("options", {}),
            mode=self.settings.get("mode", "async"),
            ordered=self.settings.get("ordered", False),
        )

    def with_part(self, record: int, name: str, value: Any) -> dict[str, Any]:
        """Return the event with one part of one record replaced."""
        event = copy.deepcopy(self.event)
        event["Records"][record][name] = value
        return event

    def parts(self) -> list[tuple[int, str]]:
        """Return what may differ: the number of a record and the name of a part of it."""
        wanted = self.settings.get("mutable", MUTABLE)
        records = enumerate(self.event["Records"])
        return [(number, name) for number, record in records for name in wanted if name in record]

    def __str__(self) -> str:
        return f"{self.source}/{self.name}"


def envelopes(source: str) -> list[Envelope]:
    """Return the events of one kind of source; empty where nobody has written any."""
    folder = FOLDER / source
    if not folder.is_dir():
        return []
    settings = json.loads((folder / "settings.json").read_text())
    files = sorted(file for file in folder.glob("*.json") if file.name != "settings.json")
    return [Envelope(source, file.stem, json.loads(file.read_text()), settings) for file in files]


@st.composite
def mutations(draw: st.DrawFn, envelope: Envelope) -> dict[str, Any]:
    """Draw an event in which something is missing, added or replaced, at any depth, inside JSON texts too."""
    number, name = draw(st.sampled_from(envelope.parts()))
    return envelope.with_part(number, name, _mutated(draw, envelope.event["Records"][number][name]))


def _mutated(draw: st.DrawFn, value: Any) -> Any:
    inner = _decoded(value)
    if inner is not None and draw(st.booleans()):
        return json.dumps(_mutated(draw, inner))
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        return _mutated_object(draw, value)
    if isinstance(value, list) and value and draw(st.booleans()):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], _mutated(draw, value[place]), *value[place + 1 :]]
    if isinstance(value, str) and value and draw(st.booleans()):
        return value[: draw(st.integers(0, len(value) - 1))]
    return draw(JUNK)


def _mutated_object(draw: st.DrawFn, value: dict[str, Any]) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(value)))
    what = draw(st.sampled_from(["inside", "inside", "without", "more"]))
    if what == "inside":
        return {**value, name: _mutated(draw, value[name])}
    if what == "without":
        return {other: inner for other, inner in value.items() if other != name}
    return {**value, draw(st.text(max_size=12)): draw(JUNK)}


def _decoded(value: Any) -> Any:
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if isinstance(found, (dict, list)) else None


def every_envelope(sources: list[str]) -> Iterator[Envelope]:
    """Yield the events of kinds of sources."""
    for source in sources:
        yield from envelopes(source)
