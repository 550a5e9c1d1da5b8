"""The serverless runner class: the handler is a Lambda function on arm64."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from constructs_lib.model.handler_path import HandlerPath, VariableName, function_of, package_of
from constructs_lib.model.runner_class import RunnerClass
from constructs_lib.model.secret_name import SecretName
from constructs_lib.model.units import Count, Duration, Name


class Serverless(RunnerClass):
    """A Lambda function of a size of the catalogue; scales to zero and runs at most 15 minutes."""

    class_: Literal["serverless"] = Field(default="serverless", alias="class")
    """Where the code runs."""
    size: Name = "small"
    """Size of the catalogue: memory, longest run and concurrency together."""
    handler: HandlerPath
    """The user's function as ``package.module:function``, found below ``code``."""
    code: Name = "."
    """Folder of the user's code, relative to the declaration."""
    requirements: Name | None = None
    """The user's dependencies: a requirements file with hashes, relative to the declaration."""
    timeout: Duration | None = None
    """Longest run of one batch; the size's own when absent. Raising it needs an approval."""
    max_concurrency: Count | None = None
    """How many batches run at once, 2 to 1000; the size's own cap when absent."""
    secrets: tuple[SecretName, ...] = ()
    """Names of the secrets the handler may read at run time; never their values."""
    environment: dict[VariableName, str] = Field(default_factory=dict)
    """Plain settings of the handler; readable by whoever may read the function's configuration."""

    def function_id(self) -> str:
        """Return the name of the handler's function."""
        return function_of(self.handler)

    def package(self) -> str:
        """Return the first part of the handler's module."""
        return package_of(self.handler)
