"""The Makefile works where the user's cache cannot be written, and leaves a cache alone that can."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import constructs_lib

ROOT = Path(constructs_lib.__file__).parents[1]
SHOW = """
.PHONY: show
show:
\t@echo "$${XDG_CACHE_HOME:-} $${npm_config_cache:-}"
"""
SET_BY_CALLER = ("XDG_CACHE_HOME", "npm_config_cache", "MAKEFLAGS", "MAKELEVEL")


def caches(home: Path, **variables: str) -> list[str]:
    """Return the cache folders that a recipe gets from make, none where the user's own are used."""
    inherited = {name: value for name, value in os.environ.items() if name not in SET_BY_CALLER}
    command = ["make", "--silent", "--eval", SHOW, "show"]
    environment = {**inherited, "HOME": str(home), **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout.split()


def test_a_home_that_can_be_written_keeps_its_own_cache(tmp_path: Path) -> None:
    assert caches(tmp_path) == []
    (tmp_path / ".cache").mkdir()
    assert caches(tmp_path) == []
    assert caches(tmp_path / "none", XDG_CACHE_HOME=str(tmp_path)) == [str(tmp_path)]


@pytest.mark.parametrize("home", ["none", "none/below"])
def test_without_a_home_the_caches_lie_in_the_checkout(home: str, tmp_path: Path) -> None:
    assert caches(tmp_path / home) == [str(ROOT / ".envs/cache"), str(ROOT / ".envs/cache/npm")]
