"""The ``runner`` decorator: a function of one record becomes the handler of a Lambda function of one batch."""

from __future__ import annotations

import os
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.runtime.argument import argument_builder, check_handler
from functions.runtime.batch import Batch
from functions.runtime.contract_check import ContractCheck
from functions.runtime.environment import FUNCTION_NAME, TASK_ROOT, in_lambda
from functions.runtime.errors import PARAMETERS_BROKEN, RESPONSE_BROKEN
from functions.runtime.handling import Handling
from functions.runtime.intake import Intake
from functions.runtime.invocation import Invocation
from functions.runtime.ledger import RecentCompletions
from functions.runtime.outputs import make_outputs
from functions.runtime.report import TenantDimensions, report_counts
from functions.runtime.services import aws_services
from functions.runtime.settings import GROUP_SOURCE, SCHEDULE_SOURCE, RunnerSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from functions.runtime.batch import Between
    from functions.runtime.outputs.kind import Output
    from functions.runtime.run import AnyRun
    from functions.runtime.services import Services
    from functions.runtime.turns import Turns
    from functions.runtime.work import Work


class Runner:
    """A handler ``(event, context)`` around a function ``(record, run)``.

    In a Lambda function the environment is read when the handler's module is imported, so that a missing variable stops
    the cold start. Anywhere else it is read at the first call, so that the module can be imported in a test;
    ``with_`` gives the settings and services of a test instead.
    """

    def __init__(self, function: Callable[[Any, Any], object]) -> None:
        """Wrap ``function``, which stays reachable as ``.function``.

        Raises:
            SettingsError: the function cannot be a handler, or a Lambda function's environment is incomplete.
        """
        check_handler(function)
        self.function = function
        self._deployed: Deployed | None = None
        update_wrapper(self, function)
        if in_lambda():
            self._deployed = self._deploy()

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Process the messages of one event and return those that stay on the queue; a step returns its result."""
        if self._deployed is None:
            self._deployed = self._deploy()
        return self._deployed.invoke(event, context)

    def with_(self, settings: RunnerSettings, services: Services, folder: Path | None = None) -> Deployed:
        """Return the handler with everything given; ``folder`` is where the contract's file is found."""
        return Deployed(self.function, settings, services, folder or Path.cwd())

    def _deploy(self) -> Deployed:
        settings = RunnerSettings.from_environment(os.environ)
        function_name = os.environ.get(FUNCTION_NAME, self.function.__name__)
        folder = Path(os.environ.get(TASK_ROOT, "."))
        return self.with_(settings, aws_services(settings, function_name, folder), folder)


class Deployed:
    """A function joined with its settings and services."""

    def __init__(
        self, function: Callable[[Any, Any], object], settings: RunnerSettings, services: Services, folder: Path
    ) -> None:
        """Compile the contract and the expressions once."""
        contract = _compiled(settings, folder)
        self._settings = settings
        self._services = services
        self._contract = contract
        parameters = ContractCheck.beside(settings.request.parameters, folder, "request", PARAMETERS_BROKEN)
        response = ContractCheck.beside(settings.request.response, folder, "response", RESPONSE_BROKEN)
        self._outputs = _outputs(settings, services, response)
        self._parameters = parameters
        self._intake = Intake(settings, contract, _builder(function, settings), parameters)
        self._handling = Handling(function, self._outputs, response if settings.workflow is None else None)
        self._recent = RecentCompletions(settings.idempotency.ttl_seconds)
        self._between = _between(settings, services)
        self._told_drift: set[tuple[str, ...]] = set()
        self._tenants = TenantDimensions()
        self._turns: Turns | None = None

    def invoke(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Process the messages of one event and return Lambda's partial batch response, or a step's result as JSON."""
        with self._services.redactor.guarding():
            return self._invoke(event, context)

    def _invoke(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        if self._settings.streaming:
            from functions.runtime.streaming import work_off

            return work_off(event.get("Records", []), lambda: self._begin(context), self._tell)
        if self._settings.step is not None:
            from functions.runtime.stepping import take_step

            result: dict[str, Any] = take_step(event, lambda: self._begin(context), self._tell)
            return result
        invocation, batch = self._begin(context)
        if self._settings.synchronous:
            return self._respond(batch, event, invocation)
        self._turns = self._turns or _turns(self._settings)
        works = batch.process(self._messages(event), self._turns)
        self._tell(works, invocation)
        return batch.failures(works)

    def _begin(self, context: Any) -> tuple[Invocation, Batch]:
        invocation = Invocation.start(self._settings, self._services, context, self._contract, self._parameters)
        return invocation, Batch(self._intake, self._handling, self._outputs, self._recent, invocation, self._between)

    def _tell(self, works: Sequence[Work], invocation: Invocation) -> None:
        report_counts(works, invocation, self._tenants)
        self._tell_drift(works, invocation)

    def _messages(self, event: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        messages: Sequence[Mapping[str, Any]] = event.get("Records", [])
        if self._settings.workflow is not None:
            from functions.runtime.steps.letters import restored

            messages = [restored(message, self._settings, self._services.objects) for message in messages]
        if not self._settings.source_options.get("large_bodies"):
            return messages
        from functions.runtime.large_bodies import fetch_all

        return fetch_all(messages, self._settings, self._services.objects)

    def _respond(self, batch: Batch, request: Mapping[str, Any], invocation: Invocation) -> dict[str, Any]:
        from functions.runtime.synchronous import respond

        (work,) = batch.process([request])
        self._tell([work], invocation)
        return respond(work, invocation)

    def _tell_drift(self, works: Sequence[Work], invocation: Invocation) -> None:
        if any(work.drift for work in works):
            from functions.runtime.drift_news import tell_drift

            tell_drift(works, self._told_drift, invocation)

    __call__ = invoke


def _outputs(settings: RunnerSettings, services: Services, response: ContractCheck | None) -> dict[str, Output]:
    """Return the declared outputs, and the workflow that records are handed over to, whose answer is the response."""
    outputs = make_outputs(settings.outputs, services)
    if settings.workflow is not None:
        from functions.contract.workflow import OUTPUT
        from functions.runtime.outputs.workflow import WorkflowOutput

        outputs[OUTPUT] = WorkflowOutput(settings.workflow, services, response)
    return outputs


def _builder(function: Callable[..., object], settings: RunnerSettings) -> Callable[[Any], Any]:
    """Return what makes the argument of a body; of a schedule the gate makes it, from the ticks before."""
    return (lambda body: body) if settings.source == SCHEDULE_SOURCE else argument_builder(function)


def _compiled(settings: RunnerSettings, folder: Path) -> ContractCheck | None:
    contract = settings.contract
    return ContractCheck.load(contract, folder, hides_names=settings.masked) if contract else None


def _turns(settings: RunnerSettings) -> Turns | None:
    """Return the turns of tenants that records name, unless order is kept; the first batch imports them."""
    if settings.tenant.key is None or settings.ordered:
        return None
    from functions.runtime.turns import Turns

    return Turns(settings.tenant)


def _between(settings: RunnerSettings, services: Services) -> Between | None:
    """Return what fan-in, a schedule or a workflow adds to a batch; a pipeline without them imports none of it."""
    if settings.source == SCHEDULE_SOURCE:
        from functions.runtime.schedule.scheduled import Scheduled

        return Scheduled(settings, services)
    if settings.workflow is not None:
        from functions.runtime.restarting import Restarting

        return Restarting()
    if settings.step is not None and settings.step.taken_back:
        from functions.runtime.steps.generations import Generations

        return Generations(settings.step)
    if settings.fan_in is None:
        return None
    if settings.source == GROUP_SOURCE:
        from functions.runtime.fan_in.consolidating import Consolidating

        return Consolidating(settings.fan_in, services.groups, services.objects)
    from functions.runtime.fan_in.registering import Registering

    return Registering(settings.fan_in, services.groups)


def runner(function: Callable[[Any, AnyRun], object]) -> Runner:
    """Make ``function(record, run)`` the handler of a pipeline.

    Raise ``Recoverable`` to have the record tried again with backoff, ``Permanent`` to give it up, ``Throttled``
    to slow intake. Any other exception is tried again within the retry budget and logged as an error.
    """
    return Runner(function)
