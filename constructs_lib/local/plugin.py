"""Fixtures of pytest that deploy a folder of declarations to the embedded AWS, for projects that use the library.

A project switches them on in its ``conftest.py``: ``pytest_plugins = ["constructs_lib.local.plugin"]``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.local.session import LocalSession
from constructs_lib.local.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that says where the emulator is."""
    group = parser.getgroup("pipelines", "pipelines on the embedded AWS")
    text = "The emulator's virtual environment; .envs/emulator below pytest's root when not said."
    group.addoption("--emulator", metavar="FOLDER", default=".envs/emulator", help=text)


@pytest.fixture(scope="session")
def embedded_aws(request: pytest.FixtureRequest) -> Iterator[LocalSession]:
    """Yield an emulated AWS on loopback, which ends with the session of pytest.

    Raises:
        UserError: ``environment-missing`` or ``emulator-failed``.
    """
    with LocalSession(request.config.rootpath / request.config.getoption("--emulator")) as session:
        yield session


@pytest.fixture(scope="module")
def deploy(
    request: pytest.FixtureRequest, embedded_aws: LocalSession, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str | Path], Trial]:
    """Return a function that empties the account, then deploys every declaration of a folder into it, governed."""

    def deploy_folder(folder: str | Path) -> Trial:
        place = request.config.rootpath / folder
        return Trial.of(place, embedded_aws, tmp_path_factory.mktemp(place.name))

    return deploy_folder
