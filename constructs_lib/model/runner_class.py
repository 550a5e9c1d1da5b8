"""What every runner class promises to the layers above; it is a kind as those of ``kinds`` are."""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta

from pydantic import ConfigDict, Field

from constructs_lib.model.base import Frozen


class RunnerClass(Frozen):
    """Where the user's code runs and under which limits; ``handler`` is ``module:function`` inside ``code``."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    class_: str = Field(alias="class")
    size: str
    handler: str
    code: str
    requirements: str | None
    timeout: timedelta | None
    max_concurrency: int | None
    secrets: tuple[str, ...]
    environment: dict[str, str]

    @abstractmethod
    def function_id(self) -> str:
        """Return the id that the user's function has in the plan."""

    @abstractmethod
    def package(self) -> str:
        """Return the top-level module or package of the handler, relative to ``code``."""
