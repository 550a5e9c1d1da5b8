"""Every pattern of the model is told in words with an example that has the form."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import constructs_lib
from constructs_lib.declaration.text_forms import FORMS, form_of
from tests.unit.declaration.bad_input import from_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = Path(constructs_lib.__file__).parent


def patterns() -> Iterator[str]:
    """Yield the pattern of every field in the sources; the JSON Schema leaves out those behind a check of their own."""
    for file in HOME.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "pattern" and isinstance(node.value, ast.Constant):
                yield str(node.value.value)


def test_every_pattern_of_a_field_is_in_words_and_no_other() -> None:
    assert set(patterns()) == FORMS.keys()


@pytest.mark.parametrize("pattern", FORMS)
def test_the_example_of_a_form_has_it(pattern: str) -> None:
    words, example = FORMS[pattern]
    assert re.fullmatch(pattern, example)
    assert form_of(pattern) == (words, f"write it like {example}")


@pytest.mark.parametrize(
    "changes",
    [
        {"pipeline": "Shop Orders"},
        {"owner": "yes"},
        {"runner": {"handler": "handlers.orders"}},
        {"source": {"type": "queue", "arn": "stock"}, "tenant": None},
        {"observability": {"runbook": "wiki"}},
        {"retry": {"errors": ["a b"]}},
        {"tenant": {"id": "-"}},
        {"tags": {"é": "x"}},
        {"tags": {"x": "é"}},
    ],
)
def test_no_person_is_shown_a_regular_expression(changes: dict[str, Any], tmp_path: Path) -> None:
    faults = [fault for fault in from_fields(tmp_path, **changes) if fault.code == "text-wrong"]
    assert faults
    assert [fault.allowed for fault in faults if "^" in fault.allowed] == []


def test_a_form_without_words_shows_its_pattern() -> None:
    assert form_of("^x$") == ("text of the form ^x$", "change the text")
