"""What a plan says of its runner, as a world in memory needs it: settings, the user's function, times."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.given import Given
from constructs_lib.drills.requests import RequestWorld
from constructs_lib.drills.streams import StreamWorld
from constructs_lib.drills.world import World
from constructs_lib.errors import UserError
from constructs_lib.model.samples import plain
from functions.contract.environment import OutputSettings, RequestSettings, Variable
from functions.runtime.errors import SettingsError
from functions.runtime.runner import Runner
from functions.runtime.settings import GROUP_SOURCE, RunnerSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.world import Envelope
    from constructs_lib.model.functions import CodePlan, FunctionPlan
    from constructs_lib.model.plan import PipelinePlan
    from functions.runtime import Run

PSEUDO_PARAMETERS = {
    "${AWS::AccountId}": "111122223333",
    "${AWS::Partition}": "aws",
    "${AWS::Region}": "eu-central-1",
    "${AWS::URLSuffix}": "amazonaws.com",
}
"""What a deployment would put in their place; the account is the one of AWS's own examples."""


NOTHING = Given()


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The runner of one pipeline, ready to be called; ``timeout`` in seconds."""

    settings: RunnerSettings
    handler: Callable[[Any, Run], object]
    timeout: float
    batch_size: int
    consolidator: Planned | None = None
    """The function that consolidates groups, where records are parts of them."""
    envelope: Envelope = plain
    given: Given = NOTHING

    @classmethod
    def of(cls, plan: PipelinePlan, envelope: Envelope = plain, given: Given = NOTHING) -> Planned:
        """Read the environment of the plan's runner and import the handler from the declaration's code folder.

        Raises:
            UserError: ``handler-not-importable``.
        """
        runner = plan.function(plan.runner)
        settings = RunnerSettings.from_environment(environment_of(plan))
        if settings.contract and plan.contract:
            settings = replace(settings, contract=replace(settings.contract, file=plan.contract.schema_file or ""))
        files = RequestSettings(plan.request.parameters_file or "", plan.request.response_file or "")
        settings = replace(settings, request=files)
        settings = replace(settings, outputs=tuple(_found(output, runner.code) for output in settings.outputs))
        return cls(
            settings=settings,
            handler=load_handler(runner.code, runner.handler),
            timeout=float(runner.timeout),
            batch_size=(*(m.batch_size for m in plan.mappings), *(s.batch_size for s in plan.streams), 1)[0],
            consolidator=cls._consolidator(plan),
            envelope=envelope,
            given=given,
        )

    @classmethod
    def _consolidator(cls, plan: PipelinePlan) -> Planned | None:
        for function in plan.functions:
            variables = function_variables(function)
            if variables.get(Variable.SOURCE) == GROUP_SOURCE:
                settings = RunnerSettings.from_environment(variables)
                return cls(
                    settings=replace(settings, contract=None),
                    handler=load_handler(function.code, function.handler),
                    timeout=float(function.timeout),
                    batch_size=1,
                )
        return None

    @property
    def consolidating(self) -> Planned:
        """The function that consolidates; ``ValueError`` where there is none."""
        if self.consolidator is None:
            raise ValueError(f"{self.settings.pipeline} collects no groups")
        return self.consolidator

    def world(self, handler: Callable[[Any, Run], object] | None = None) -> World:
        """Return a new world with this runner, or with another handler in its place."""
        make = StreamWorld if self.settings.streaming else RequestWorld if self.settings.synchronous else World
        world = make(handler or self.handler, self.settings, timeout=self.timeout, envelope=self.envelope)
        world.secrets = made_up_secrets(self.settings)
        self.given.put_into(world)
        return world


def made_up_secrets(settings: RunnerSettings) -> dict[str, str]:
    """Return a value for each secret that a function or one of its outputs reads."""
    auths = (output.options.get("auth") or {} for output in settings.outputs)
    names = (*settings.secrets, *(auth["secret"] for auth in auths if "secret" in auth))
    return {name: f"drill-value-of-{name}" for name in names}


def _found(output: OutputSettings, code: CodePlan) -> OutputSettings:
    """Return an output whose contract is read where it lies, as no bundle is made."""
    contract, sources = output.options.get("contract"), {file.place: file.source for file in code.files}
    if not contract:
        return output
    found = {**contract, "file": sources[contract["file"]]}
    return replace(output, options={**output.options, "contract": found})


def environment_of(plan: PipelinePlan) -> dict[str, str]:
    """Return the variables of the plan's runner as a deployed function finds them."""
    return function_variables(plan.function(plan.runner))


def function_variables(function: FunctionPlan) -> dict[str, str]:
    """Return the variables of a function as it finds them when it is deployed."""
    return {variable.name: _resolved(variable.value) for variable in function.environment}


def load_handler(code: CodePlan, handler: str) -> Callable[[Any, Run], object]:
    """Import the function that ``handler`` (``package.module.function``) names and return it without its decorator.

    Raises:
        UserError: ``handler-not-importable``: the module or what it needs is missing, or it is no handler.
    """
    module, _, name = handler.rpartition(".")
    if code.origin == "user":
        folder = str(Path(code.directory or ".").resolve())
        if folder in sys.path:
            sys.path.remove(folder)
        sys.path.insert(0, folder)
        _forget(code.package or module, folder)
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, SyntaxError, SettingsError) as error:
        raise _not_importable(code, handler, error) from None
    if not isinstance(found, Runner):
        raise _not_importable(code, handler, TypeError(f"{name} is not decorated with @runner"))
    return found.function


def _forget(package: str, folder: str) -> None:
    """A package of this name that was imported from another folder would be taken for this one."""
    top = package.partition(".")[0]
    known = sys.modules.get(top)
    if known is None or str(getattr(known, "__file__", None) or folder).startswith(folder):
        return
    for name in [name for name in sys.modules if name == top or name.startswith(f"{top}.")]:
        del sys.modules[name]
    importlib.invalidate_caches()


def _resolved(text: str) -> str:
    for name, value in PSEUDO_PARAMETERS.items():
        text = text.replace(name, value)
    return text


def _not_importable(code: CodePlan, handler: str, error: Exception) -> UserError:
    install = f"python -m pip install -r {code.requirements}" if code.requirements else "name it in runner.handler"
    return UserError.of(
        "handler-not-importable",
        "runner.handler",
        f"{handler} in {code.directory}: {type(error).__name__}: {error}",
        "a function with @runner in a module that imports where the drills run",
        f"install what the handler needs ({install}) or correct runner.handler",
    )
