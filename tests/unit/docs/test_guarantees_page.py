"""The page of guarantees names tests that exist, and every promise names at least one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/guarantees.md").read_text(encoding="utf-8")
PROMISES = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| (?!promise|-)", line)]
TEST = re.compile(r"`(tests/[a-z0-9_/]+(?:\.py)?)`")


def test_there_are_promises() -> None:
    assert len(PROMISES) > 20


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise[0][:60])
def test_every_promise_has_a_limit_and_a_test(promise: list[str]) -> None:
    _said, limit, tests = promise
    assert limit
    named = TEST.findall(tests)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
