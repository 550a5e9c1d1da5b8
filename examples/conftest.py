"""What examples are tested with: their declarations on the embedded AWS, and their workflows in memory.

``example`` is deployed once for the tests of one module; ``in_memory`` is made for each test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.folder import load_pipelines
from constructs_lib.drills.workflows import WorkflowWorld
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


@pytest.fixture
def in_memory(request: pytest.FixtureRequest) -> WorkflowWorld:
    """The workflow beside the test, with its own handlers and empty stores."""
    (declaration,) = (one for one in load_pipelines(request.path.parent) if one.workflow)
    return WorkflowWorld(plan_pipeline(declaration))
