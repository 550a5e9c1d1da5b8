"""The examples, synthesised once for each worker of pytest, and deployed into one emulator for each module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.local.project import Project
from constructs_lib.local.session import LocalSession
from constructs_lib.local.stories.scene import Scene

if TYPE_CHECKING:
    from constructs_lib.local.assembly import Assembly
    from constructs_lib.model.plan import PipelinePlan

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def project() -> Project:
    return Project.at(ROOT)


@pytest.fixture(scope="session")
def plans(project: Project) -> tuple[PipelinePlan, ...]:
    return project.plans()


@pytest.fixture(scope="session")
def assembly(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    with LocalSession(project.emulator_environment) as session:
        synthesised, ran = project.synth(session)
        assert ran.exit_code == 0, ran.output
        adapted, _ = synthesised.adapted(tmp_path_factory.mktemp("assembly") / "adapted")
        return adapted


@pytest.fixture(scope="module")
def empty_session(project: Project) -> Iterator[LocalSession]:
    with LocalSession(project.emulator_environment) as session:
        yield session


@pytest.fixture(scope="module")
def session(empty_session: LocalSession, assembly: Assembly, plans: tuple[PipelinePlan, ...]) -> LocalSession:
    empty_session.deploy(assembly, plans)
    return empty_session


@pytest.fixture(scope="module")
def orders(plans: tuple[PipelinePlan, ...]) -> PipelinePlan:
    return next(plan for plan in plans if plan.pipeline == "shop-orders")


@pytest.fixture(scope="module")
def scene(session: LocalSession, orders: PipelinePlan, plans: tuple[PipelinePlan, ...]) -> Scene:
    return Scene(session, orders, plans)
