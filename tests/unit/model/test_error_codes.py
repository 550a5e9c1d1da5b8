"""The table of codes holds what the sources raise: nothing is missing, and nothing is left over."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import constructs_lib
from constructs_lib.error_codes import CODES, DECLARATION, EVIDENCE, PLAN, RUN

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = Path(constructs_lib.__file__).parent
KEBAB = re.compile(r"[a-z]+(-[a-z0-9]+)+")
MAKERS = {"Fault": 0, "Finding": 0, "Unexplained": 0, "refusal": 0, "of": 0}
"""Calls that make a fault, with the place of its code; the source's own functions with a ``code`` count, too."""
WORDS = 4
"""Code, found, allowed and fix: a fault that is still a tuple."""


def raised(source: str) -> set[str]:
    """Return the codes that a module can raise, however they come into a fault."""
    tree = ast.parse(source)
    makers = {**MAKERS, **dict(_makers_of(tree))}
    return {code for node in ast.walk(tree) for place in _places(node, makers) for code in _texts(place)}


def _makers_of(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args if argument.arg not in ("self", "cls")]
            if "code" in names:
                yield node.name, names.index("code")


def _places(node: ast.AST, makers: dict[str, int]) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in makers:
            yield from node.args[makers[name] : makers[name] + 1]
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "code")
    elif isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "code" for target in node.targets):
        yield node.value
    elif isinstance(node, ast.Tuple) and len(node.elts) == WORDS:
        yield node.elts[0]


def _texts(place: ast.expr) -> Iterator[str]:
    if isinstance(place, ast.IfExp):
        yield from (*_texts(place.body), *_texts(place.orelse))
    elif isinstance(place, ast.Constant) and isinstance(place.value, str) and KEBAB.fullmatch(place.value):
        yield place.value


def by_module() -> dict[str, set[str]]:
    files = sorted(HOME.rglob("*.py"))
    return {file.relative_to(HOME).as_posix(): raised(file.read_text(encoding="utf-8")) for file in files}


def test_every_code_that_is_raised_is_in_the_table() -> None:
    missing = {name: codes - CODES.keys() for name, codes in by_module().items()}
    assert {name: codes for name, codes in missing.items() if codes} == {}


def test_every_code_of_the_table_is_raised() -> None:
    assert CODES.keys() - set().union(*by_module().values()) == set()


def test_a_code_stands_in_one_part_of_the_table_with_a_sentence() -> None:
    assert len(CODES) == len(DECLARATION) + len(PLAN) + len(RUN) + len(EVIDENCE)
    assert [code for code, meaning in CODES.items() if not meaning.endswith(".") or not KEBAB.fullmatch(code)] == []


def test_a_code_is_found_in_every_way_in_which_sources_name_one() -> None:
    assert raised('Fault("a-b", "path", "found", "allowed", "fix")') == {"a-b"}
    assert raised('raise UserError.of(code="a-b", path="c-d")') == {"a-b"}
    assert raised('def note(self, event, code): ...\nself.note(event, "a-b")') == {"a-b"}
    assert raised('code = "a-b" if late else "c-d"') == {"a-b", "c-d"}
    assert raised('return "a-b", found, allowed, fix') == {"a-b"}
    assert raised('Meter("a-b"); name = "c-d"; pair = ("e-f", 1)') == set()
