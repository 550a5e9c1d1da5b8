"""Functions of a pipeline as the plan has them: code, environment and exact grants."""

from __future__ import annotations

from typing import Literal

from constructs_lib.model.base import Frozen
from constructs_lib.model.resources import BundledFile


class Variable(Frozen):
    """An environment variable of a function."""

    name: str
    value: str


class Condition(Frozen):
    """A condition of a grant, in IAM's words."""

    operator: str
    key: str
    values: tuple[str, ...]


class Grant(Frozen):
    """One statement of a function's role: exact actions on exact resources, and what needs it."""

    sid: str
    """Letters and digits; unique within the function."""
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    needed_by: str
    """The part of the declaration that brings the grant, such as ``outputs[0]`` or ``ledger``."""


class CodePlan(Frozen):
    """Where a function's code comes from: the user's folder, or the platform's own functions."""

    origin: Literal["user", "platform"]
    directory: str | None = None
    """Absolute folder that holds the user's handler; None for platform code."""
    package: str | None = None
    """Top-level module or package of the user's handler, relative to ``directory``."""
    requirements: str | None = None
    """Absolute path of the user's requirements file, with hashes."""
    files: tuple[BundledFile, ...] = ()
    """What else the handler's outputs read at run time."""


class FunctionPlan(Frozen):
    """One Lambda function with a role of its own. Memory in MiB, times in seconds."""

    id: str
    name: str
    description: str
    handler: str
    code: CodePlan
    memory: int
    timeout: int
    reserved_concurrency: int | None = None
    environment: tuple[Variable, ...] = ()
    grants: tuple[Grant, ...] = ()
    tracing: bool = True
    log_retention_days: int = 90
    network: str = "public"
    keeps_versions: bool = False
    """Whether versions outlive their successors: executions that are under way still call them."""
