"""Imports point one way, those for type checkers too: a name that is only mentioned ties two modules as well."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("constructs_lib", "functions")


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def named(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield the modules that a source imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            inside = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in known else str(node.module) for name in inside)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@cache
def imports() -> dict[str, set[str]]:
    files = {name_of(file): file for package in PACKAGES for file in (ROOT / package).rglob("*.py")}
    return {
        name: (set(named(file.read_text(encoding="utf-8"), files)) & files.keys()) - {name}
        for name, file in files.items()
    }


def rooms(package: str) -> dict[str, set[str]]:
    """Return which part of a package imports which; a package in it is one part."""
    depth = package.count(".") + 2
    found: dict[str, set[str]] = {}
    for name, others in imports().items():
        for other in others:
            one, two = (".".join(part.split(".")[:depth]) for part in (name, other))
            if one != two and all(part.startswith(f"{package}.") for part in (one, two)):
                found.setdefault(one, set()).add(two)
    return found


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_a_circle_would_be_found() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}
    assert set(named("if TYPE_CHECKING:\n    from a.b import c", {"a.b"})) == {"a.b"}
    assert rooms("functions.runtime")["functions.runtime.fan_in"] >= {"functions.runtime.groups"}


def test_no_two_modules_know_each_other_even_by_name() -> None:
    assert circle(imports()) == []


def test_the_parts_of_each_package_taken_whole_rest_on_each_other_in_one_direction() -> None:
    packages = {".".join(name.split(".")[:depth]) for name in imports() for depth in range(1, name.count(".") + 1)}
    circles = {package: circle(rooms(package)) for package in sorted(packages)}
    assert {package: found for package, found in circles.items() if found} == {}
