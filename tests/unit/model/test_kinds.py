"""A kind is one class in one module; anything else fails when the package is imported."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from constructs_lib.model.discovery import discover
from constructs_lib.model.network_profile import NetworkProfile

if TYPE_CHECKING:
    from pathlib import Path

KIND = """
from typing import Literal
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.network_profile import NetworkProfile
class {name}(NetworkProfile):
    type: Literal["{name}"] = "{name}"
    def contribute(self, context): return Contribution()
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / f"kinds_{abs(hash(tmp_path.name))}"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def found(package: Path) -> list[str]:
    try:
        return [kind.__name__ for kind in discover(package.name, NetworkProfile)]
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == package.name]:
            del sys.modules[name]


def test_every_module_brings_its_kind_in_the_order_of_the_names(package: Path) -> None:
    for name in ("b", "a"):
        (package / f"{name}.py").write_text(KIND.format(name=name.upper()))
    assert found(package) == ["A", "B"]


def test_a_module_that_begins_with_an_underscore_is_a_part_of_a_kind(package: Path) -> None:
    (package / "a.py").write_text(KIND.format(name="A"))
    (package / "_part.py").write_text("value = 1")
    assert found(package) == ["A"]


@pytest.mark.parametrize("text", ["", KIND.format(name="A") + KIND.format(name="B")])
def test_a_module_with_no_kind_or_two_fails(package: Path, text: str) -> None:
    (package / "a.py").write_text(text)
    with pytest.raises(TypeError, match="must define one"):
        found(package)
