"""YAML read event by event: lines are kept, tags and duplicates refused, depth and size bounded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from yaml import events

from constructs_lib.declaration.document import Document, Place, place_text
from constructs_lib.declaration.scalar import MAX_DIGITS, NumberRefused, resolve
from constructs_lib.errors import DeclarationError, Fault
from constructs_lib.model.units import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_DEPTH = 20
"""Levels of nesting; a declaration has six."""
MAX_VALUES = 10_000
"""Values in one declaration, each alias counted with all it stands for."""
YAML_TAGS = "tag:yaml.org,2002:"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_KEY = object()


@dataclass
class _Frame:
    """A list or mapping that is being filled."""

    value: dict[str, Any] | list[Any]
    place: Place
    anchor: str | None
    key: Any = _NO_KEY
    count: int = 1

    def next_place(self) -> Place:
        """Return where the next value will stand."""
        return (*self.place, len(self.value) if isinstance(self.value, list) else self.key)


@dataclass
class YamlReader:
    """One document under construction; ``read`` drives it and returns the result."""

    file: str | None = None
    lines: dict[Place, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    _stack: list[_Frame] = field(default_factory=list)
    _anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    _doubled: set[Place] = field(default_factory=set)
    _root: Any = None
    _documents: int = 0
    _values: int = 0

    def read(self, text: str) -> Document:
        """Return the document.

        Raises:
            DeclarationError: the text is not YAML, holds several documents, or nests or grows beyond the bounds.
        """
        for event in self._events(text):
            handler = _HANDLERS.get(type(event))
            if handler is not None:
                handler(self, event)
        return Document(self._root, self.lines, tuple(self.faults))

    def _events(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=_LOADER)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable text"
            fault = self._fault("not-yaml", (), f"is not YAML: {problem}", "YAML", "correct the line", None)
            line = mark.line + 1 if mark else None
            raise DeclarationError([*self.faults, Fault(**{**vars(fault), "line": line})]) from None

    def _document_start(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop("several-documents", event, "a second document", "one pipeline in a file", "make it a file")

    def _mapping(self, event: Any) -> None:
        self._open(event, {})

    def _sequence(self, event: Any) -> None:
        self._open(event, [])

    def _open(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        self._refuse_tag(event)
        place = self._place(event)
        if len(self._stack) >= MAX_DEPTH:
            self._stop("nested-too-deep", event, f"more than {MAX_DEPTH} levels", f"{MAX_DEPTH} levels", "flatten it")
        self._stack.append(_Frame(value, place, event.anchor))

    def _close(self, _event: Any) -> None:
        frame = self._stack.pop()
        self._add(frame.value, frame.anchor, frame.count)

    def _scalar(self, event: Any) -> None:
        self._refuse_tag(event)
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and top.key is _NO_KEY:
            self._key(top, event)
            return
        self._place(event)
        self._add(self._resolved(event), event.anchor, 1, event)

    def _key(self, frame: _Frame, event: Any) -> None:
        key = self._resolved(event)
        if not isinstance(key, str):
            self._note("key-not-text", event, frame.place, f"{shown(key)} as a name", "text", "put it in quotes")
        frame.key = str(key)
        place = frame.next_place()
        if place not in self.lines:
            self.lines[place] = event.start_mark.line + 1
        elif not any(place[:length] in self._doubled for length in range(len(place))):
            self._doubled.add(place)
            found = f"a second {shown(frame.key)}; the first is on line {self.lines[place]}"
            self._note("duplicate-key", event, place, found, "each name once", "remove one of them")

    def _alias(self, event: Any) -> None:
        self._place(event)
        if event.anchor not in self._anchors:
            self._stop(
                "yaml-alias",
                event,
                f"*{event.anchor[:40]} contains itself or nothing",
                "a finished anchor",
                "write the value out",
            )
        value, count = self._anchors[event.anchor]
        self._add(value, None, count, event)

    def _add(self, value: Any, anchor: str | None, count: int, event: Any = None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (value, count)
        if not self._stack:
            self._root = value
            return
        top = self._stack[-1]
        top.count += count
        self._values = max(self._values, top.count)
        if self._values > MAX_VALUES:
            self._stop("too-many-values", event, f"more than {MAX_VALUES} values", f"{MAX_VALUES} values", "split it")
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            top.value.setdefault(top.key, value)
            top.key = _NO_KEY

    def _place(self, event: Any) -> Place:
        """Return where the value of an event stands, and remember its line; a mapping as a name is no place."""
        if not self._stack:
            self.lines[()] = event.start_mark.line + 1
            return ()
        top = self._stack[-1]
        if top.key is _NO_KEY and isinstance(top.value, dict):
            self._stop("key-not-text", event, "a list or mapping as a name", "text", "write a plain name")
        place = top.next_place()
        self.lines.setdefault(place, event.start_mark.line + 1)
        return place

    def _value_place(self) -> Place:
        """Return where the next value will stand, or the mapping around it when its name is not known yet."""
        if not self._stack:
            return ()
        top = self._stack[-1]
        return top.place if top.key is _NO_KEY and isinstance(top.value, dict) else top.next_place()

    def _resolved(self, event: Any) -> Any:
        if event.style:
            return event.value
        try:
            return resolve(event.value)
        except NumberRefused:
            place = self._value_place()
            allowed = f"a finite number of at most {MAX_DIGITS} digits"
            self._note(
                "number-refused", event, place, f"{shown(event.value)}", allowed, "write a number that can be used"
            )
            return 0

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            place = self._value_place()
            self._note(
                "yaml-tag",
                event,
                place,
                f"the tag {event.tag[:60].replace(YAML_TAGS, '!!')}",
                "plain values",
                "remove the tag",
            )

    def _fault(self, code: str, place: Place, found: str, allowed: str, fix: str, event: Any) -> Fault:
        line = event.start_mark.line + 1 if event is not None else None
        return Fault(code, place_text(place), found, allowed, fix, self.file, line)

    def _note(self, code: str, event: Any, place: Place, found: str, allowed: str, fix: str) -> None:
        self.faults.append(self._fault(code, place, found, allowed, fix, event))

    def _stop(self, code: str, event: Any, found: str, allowed: str, fix: str) -> None:
        place = self._stack[-1].place if self._stack else ()
        raise DeclarationError([*self.faults, self._fault(code, place, found, allowed, fix, event)])


_HANDLERS: dict[type, Callable[[YamlReader, Any], None]] = {
    events.DocumentStartEvent: YamlReader._document_start,
    events.MappingStartEvent: YamlReader._mapping,
    events.SequenceStartEvent: YamlReader._sequence,
    events.MappingEndEvent: YamlReader._close,
    events.SequenceEndEvent: YamlReader._close,
    events.ScalarEvent: YamlReader._scalar,
    events.AliasEvent: YamlReader._alias,
}
