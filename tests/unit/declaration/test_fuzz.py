"""Whatever is put in, a declaration comes out or every fault is told; nothing else is ever raised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.declaration import PipelineDeclaration, load_pipeline, parse_pipeline
from constructs_lib.declaration.json_reader import read_json
from constructs_lib.declaration.yaml_reader import YamlReader
from constructs_lib.error_codes import CODES
from constructs_lib.errors import DeclarationError
from tests.declarations import fields, write_project

if TYPE_CHECKING:
    from pathlib import Path

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["5m", "raw", "http"])
)
NAMES = st.sampled_from([*PipelineDeclaration.model_fields, "type", "class", "key", "handler", "auth", "schema"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=4)
)
WORDS = st.text("ab:#-,[]{}&*!|>'\"%@` \n\t\u00e9\U0001f600", max_size=12)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
)
YAML_LIKE = st.text(st.sampled_from("abc:{}[]-,&*!#|>'\"%@` \n\t\\0123.~?=<"), max_size=80)


def told(text: str, file: str, folder: Path | None = None) -> set[str]:
    """Return the codes of what is wrong; empty when the text loads."""
    try:
        parse_pipeline(text, file=file, directory=folder)
    except DeclarationError as error:
        return {fault.code for fault in error.faults} if str(error).encode() else {"a fault that cannot be printed"}
    return set()


@pytest.mark.parametrize("file", ["a.yaml", "a.json"])
@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=200) | YAML_LIKE)
def test_any_text_loads_or_is_refused_with_faults(file: str, text: str) -> None:
    assert told(text, file) <= CODES.keys()


@pytest.mark.parametrize("file", ["a.yaml", "a.json"])
@settings(max_examples=200, deadline=None)
@given(value=VALUES)
def test_any_value_loads_or_is_refused_with_faults(file: str, value: Any) -> None:
    assert told(json.dumps(value), file) <= CODES.keys()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=NAMES, value=VALUES)
def test_any_value_in_any_field_loads_or_is_refused_with_faults(tmp_path: Path, place: str, value: Any) -> None:
    text = json.dumps({**fields(), place: value})
    assert told(text, "a.yaml", write_project(tmp_path)) <= CODES.keys()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_any_bytes_load_or_are_refused_with_faults(tmp_path: Path, content: bytes) -> None:
    for name in ("a.yaml", "a.json"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DeclarationError) as caught:
            load_pipeline(tmp_path / name)
        assert {fault.code for fault in caught.value.faults} <= CODES.keys()


@settings(max_examples=200, deadline=None)
@given(value=PLAIN, ascii_only=st.booleans(), indent=st.sampled_from([None, 1, "\t"]))
def test_json_is_read_as_it_was_written_and_every_field_has_a_line(value: Any, ascii_only: bool, indent: Any) -> None:
    document = read_json(json.dumps(value, ensure_ascii=ascii_only, indent=indent), None)
    assert document.value == value
    assert document.faults == ()
    if isinstance(value, dict) and indent is not None:
        assert len({line for place, line in document.lines.items() if len(place) == 1}) == len(value)


@settings(max_examples=200, deadline=None)
@given(value=PLAIN)
def test_block_style_is_read_as_it_was_written(value: Any) -> None:
    document = YamlReader().read(yaml.safe_dump(value, default_flow_style=False))
    assert document.value == value
    assert document.faults == ()
