"""Handling: the user's function, once per claimed record, each with a run of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json
from functions.runtime.argument import refuse_unfinished
from functions.runtime.errors import Invalid
from functions.runtime.failure import Verdict, classify, of_refusal
from functions.runtime.run import Outputs, Run
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from functions.runtime.contract_check import ContractCheck
    from functions.runtime.invocation import Invocation
    from functions.runtime.outputs.kind import Output
    from functions.runtime.redactor import Redactor
    from functions.runtime.work import Work

DEADLINE = "deadline"
SLOW_DOWN = "slow-down"


class Handling:
    """The user's function and the outputs that its runs may write to."""

    def __init__(
        self,
        function: Callable[[Any, Run], object],
        outputs: Mapping[str, Output],
        response: ContractCheck | None = None,
    ) -> None:
        """``outputs`` are the declared ones by name; ``response`` checks what is answered to a request."""
        self._function = function
        self._outputs = outputs
        self._response = response

    def handle_all(
        self, works: Sequence[Work], invocation: Invocation, hold_back: Callable[[Sequence[Work]], None]
    ) -> None:
        """Run the function for every claimed work until time is short or a dependency asks for less.

        ``hold_back`` is called before each where order is kept: it gives back what must not overtake.
        """
        for work in works:
            if invocation.settings.ordered:
                hold_back(works)
            if work.state is not State.CLAIMED:
                continue
            if invocation.deadline.near:
                work.give_back(DEADLINE)
            elif must_wait(work, invocation):
                work.give_back(SLOW_DOWN, invocation.pause or 0.0)
            elif invocation.gate is None:
                self._handle(work, invocation)
            elif invocation.gate.lets(work):
                self._handle(work, invocation)
                invocation.gate.handled(work)

    def _handle(self, work: Work, invocation: Invocation) -> None:
        services = invocation.services
        work.drafts = {
            name: output.draft(work.record.payload_text, work.argument, work.token)
            for name, output in self._outputs.items()
        }
        started = services.now()
        keys = log_keys(work, services.redactor)
        with (
            invocation.hiding(work, keys),
            services.logger.append_context_keys(**keys),
            services.tracing.segment(f"## {self._name}", keys),
        ):
            self._call(work, invocation)
        for draft in work.drafts.values():
            draft.close()
        work.duration = max(0.0, services.now() - started)

    def _call(self, work: Work, invocation: Invocation) -> None:
        """The one place that must catch everything: user code may raise anything, and no record may be lost by it.

        ``sys.exit`` or a cancelled task would take the neighbours along; only an interrupt by hand ends the process.
        """
        try:
            result = self._function(work.argument, self._run(work, invocation))
            refuse_unfinished(result)
            if invocation.settings.synchronous:
                work.result = self._answer(result, invocation)
            elif invocation.settings.step is not None:
                from functions.runtime.step_results import answer

                work.result = answer(result, work)
            elif work.pull is not None:
                work.pull.answered(result)
            elif invocation.settings.joined:
                work.result = canonical_json(result)
        except KeyboardInterrupt:
            raise
        except Invalid as error:
            work.state, work.failure = State.INVALID, of_refusal(error)
        except BaseException as error:
            failure = classify(error, invocation.settings.retry.errors, invocation.services.now)
            work.fail(failure)
            if failure.verdict is Verdict.SLOW_DOWN:
                invocation.pause = max(failure.retry_after, invocation.backoff(work))
        else:
            work.state = State.PROCESSED

    def _run(self, work: Work, invocation: Invocation) -> Run:
        from functions.runtime.secrets import Secrets

        services, record = invocation.services, work.record
        return Run(
            token=work.token,
            run_id=record.run_id,
            parent_run_id=record.parent_run_id,
            tenant=work.tenant,
            attempt=work.attempt,
            correlation_id=record.correlation_id,
            record=record.fields if record.given is None else record.given.record,
            outputs=Outputs(work.drafts),
            secrets=Secrets(invocation.settings.secrets, services.secrets),
            logger=services.logger,
            metrics=services.metrics,
            stores=services.stores,
            step=record.given.step if record.given else None,
            error=record.given.error if record.given else None,
        )

    def _answer(self, result: object, invocation: Invocation) -> str:
        from functions.runtime.response import MAX_BYTES, MAX_READ_BYTES, Response

        response = Response.of(result)
        text = response.to_text(MAX_READ_BYTES if invocation.settings.reading else MAX_BYTES)
        if self._response is not None and response.good:
            self._response.check(Response.from_text(text).body)
        return text

    @property
    def _name(self) -> str:
        return getattr(self._function, "__name__", "handler")


def must_wait(work: Work, invocation: Invocation) -> bool:
    """Return whether a record waits because a dependency asked for less; what the queue would give up is tried."""
    return invocation.pause is not None and not invocation.last_receive(work)


def log_keys(work: Work, redactor: Redactor) -> dict[str, str]:
    """Return what joins a record's log lines, traces and ledger entries; a sender chooses the correlation id."""
    return {
        "tenant": work.tenant,
        "run_token": work.token,
        "run_id": work.record.run_id,
        "correlation_id": redactor.without_secrets(work.record.correlation_id),
    }
