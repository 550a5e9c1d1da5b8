"""Runner classes: one module per class, found by name; a new module is a new value of ``runner.class``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import BeforeValidator, Field

from constructs_lib.model.discovery import discover
from constructs_lib.model.runner_class import RunnerClass

RUNNER_CLASSES = discover(__name__, RunnerClass)
"""Every class, in the order of their modules' names."""
DEFAULT_CLASS = "serverless"


def with_class(value: Any) -> Any:
    """Return the runner with its class, ``serverless`` when it names none."""
    if isinstance(value, Mapping) and "class" not in value and "class_" not in value:
        return {"class": DEFAULT_CLASS, **value}
    return value


if TYPE_CHECKING:
    AnyRunnerClass = RunnerClass
else:
    AnyRunnerClass = Annotated[
        Annotated[Union[RUNNER_CLASSES], Field(discriminator="class_")], BeforeValidator(with_class)
    ]
