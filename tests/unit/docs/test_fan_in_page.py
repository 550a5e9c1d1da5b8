"""The page on fan-in shows what the example really holds."""

from __future__ import annotations

import re
from pathlib import Path

import constructs_lib

ROOT = Path(constructs_lib.__file__).parents[1]
PAGE = (ROOT / "docs" / "fan-in.md").read_text(encoding="utf-8")


def test_the_declaration_and_the_handler_on_the_page_are_those_of_the_example() -> None:
    blocks = re.findall(r"^```(yaml|python)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    files = {"yaml": "pipelines/regional-sales.yaml", "python": "pipelines/handlers/sales.py"}
    assert [kind for kind, _ in blocks] == ["yaml", "python"]
    for kind, text in blocks:
        assert text in (ROOT / files[kind]).read_text(encoding="utf-8")


def test_the_page_names_every_field() -> None:
    from constructs_lib.declaration.fan_in import FanIn

    assert set(FanIn.model_fields) == set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
