"""A schema that is taken for plain is one in which the library that knows the standard finds nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from constructs_lib.declaration.checks.plain_schema import LISTS, MAPS, MOST_LEVELS, ONE, TYPES, VALUES, is_plain

STANDARD = Draft202012Validator(Draft202012Validator.META_SCHEMA)
EXAMPLES = sorted(Path("pipelines/schemas").glob("*.json"))
WORDS = sorted({*VALUES, *ONE, *LISTS, *MAPS, "$id", "$anchor", "dependentRequired", "minContains", "x-sensitive"})

values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from([0.5, -1.5, 2.0]) | st.sampled_from(sorted(TYPES)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*WORDS, "a"]), inner, max_size=3),
    max_leaves=12,
)
schemas = st.dictionaries(st.sampled_from(WORDS), values, max_size=4)


def keeps_the_standard(schema: Any) -> bool:
    return next(STANDARD.iter_errors(schema), None) is None


@settings(max_examples=500, deadline=None)
@given(schemas | values)
def test_nothing_plain_breaks_the_standard(schema: Any) -> None:
    assert not is_plain(schema) or keeps_the_standard(schema)


@pytest.mark.parametrize("word", WORDS)
@settings(max_examples=60, deadline=None)
@given(value=values)
def test_no_value_of_a_word_that_is_plain_breaks_the_standard(word: str, value: Any) -> None:
    assert not is_plain({word: value}) or keeps_the_standard({word: value})


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_the_schemas_of_the_examples_are_plain(file: Path) -> None:
    assert is_plain(json.loads(file.read_text()))


def test_a_schema_that_nests_deep_is_left_to_the_library() -> None:
    schema: Any = True
    for _ in range(MOST_LEVELS):
        schema = {"not": schema}
    assert is_plain(schema)
    assert not is_plain({"not": schema})


def test_a_check_of_a_plain_contract_does_not_import_the_library() -> None:
    program = (
        "import sys; from constructs_lib.declaration.folder import load_pipelines;"
        "assert load_pipelines('pipelines'); print('jsonschema' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
