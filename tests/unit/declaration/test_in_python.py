"""A declaration in Python: every kind comes from the library's public names and equals what YAML says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import constructs_lib
from constructs_lib import PipelineDeclaration
from constructs_lib.declaration.schema import json_schema
from constructs_lib.model.base import Frozen
from tests.declarations import write_project
from tests.unit.docs.test_kind_pages import DOCS, EXAMPLES, blocks, name

if TYPE_CHECKING:
    from tests.unit.docs.test_kind_pages import Example

PUBLIC = {called: getattr(constructs_lib, called) for called in constructs_lib.__all__}
NAME_OF = {kind: called for called, kind in PUBLIC.items() if isinstance(kind, type) and issubclass(kind, Frozen)}
PAGE = DOCS / "python.md"


def in_python(value: Any) -> str:
    """Return a value as a person would write it, with what differs from the defaults alone."""
    if isinstance(value, Frozen):
        said = sorted(value.model_fields_set - {"directory"})
        return f"{NAME_OF[type(value)]}({', '.join(f'{field}={in_python(getattr(value, field))}' for field in said)})"
    if isinstance(value, tuple):
        return f"({''.join(f'{in_python(item)}, ' for item in value)})"
    return repr(value)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_declaration_of_a_page_can_be_written_with_public_names_and_is_equal(
    example: Example, tmp_path: Path
) -> None:
    import datetime

    from_yaml = example.load(tmp_path)
    written = eval(in_python(from_yaml), {**PUBLIC, "datetime": datetime})  # noqa: S307 - made by this test
    assert written.model_copy(update={"directory": from_yaml.directory}) == from_yaml


def test_every_part_of_a_declaration_has_a_public_name() -> None:
    parts = {kind.__name__ for kind in NAME_OF}
    assert json_schema()["$defs"].keys() - parts == set()


def test_the_page_says_one_declaration_in_both_languages(tmp_path: Path) -> None:
    (text,) = blocks(PAGE, "yaml")
    (module,) = [block for block in blocks(PAGE, "python") if "PipelineDeclaration(" in block]
    names: dict[str, Any] = {"__file__": str(write_project(tmp_path) / "app.py")}
    exec(compile(module, str(PAGE), "exec"), names)  # noqa: S102 - the block is this repository's own
    declared = names["orders"]
    assert isinstance(declared, PipelineDeclaration)
    assert loaded(text, tmp_path) == declared


def loaded(text: str, folder: Path) -> PipelineDeclaration:
    file = Path(folder) / "orders.yaml"
    file.write_text(text, encoding="utf-8")
    return constructs_lib.load_pipeline(file)


def test_the_page_names_every_kind() -> None:
    page = PAGE.read_text(encoding="utf-8")
    kinds = [called for called in PUBLIC if called.endswith(("Source", "Output", "Store"))]
    assert [called for called in kinds if f"`{called}`" not in page] == []
    assert name(PAGE) == "python"
