"""The fixture ``example``: the declarations beside a test, deployed to the embedded AWS for the tests of one module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_lib.local.project import Project
from constructs_lib.local.session import LocalSession
from constructs_lib.local.trial import Trial

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def emulated() -> Iterator[LocalSession]:
    with LocalSession(Project.at(ROOT).emulator_environment) as session:
        yield session


@pytest.fixture(scope="module")
def example(request: pytest.FixtureRequest, emulated: LocalSession, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folder = request.path.parent
    return Trial.of(folder, emulated, tmp_path_factory.mktemp(folder.name))
