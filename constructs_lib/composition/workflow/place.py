"""One step in its scope: how it calls, what its failures lead to, and where it goes when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition.workflow import below, children, joining, sending
from constructs_lib.composition.workflow.catching import with_error
from constructs_lib.composition.workflow.machine import text
from constructs_lib.composition.workflow.retrying import ALL, for_good, retriers
from constructs_lib.composition.workflow.standing import Standing
from constructs_lib.model.asl import SERVICE, State, jsonata, seconds
from constructs_lib.model.state_machine import function_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta


ASK_APPROVAL = "ask_approval"


class StepPlace(Standing):
    """The place of one step; see ``constructs_lib.model.asl.Place``."""

    def facts(self, name: str, *, callback: bool) -> State:
        """Return what a function is told of the step."""
        told = {
            "name": name,
            "items": self.scope.numbers(),
            **({"visit": jsonata(self.visit)} if self.visit else {}),
            "attempt": jsonata("$states.context.State.RetryCount"),
            "execution": jsonata("$states.context.Execution.Id"),
        }
        return {**told, "callback": jsonata("$states.context.Task.Token")} if callback else told

    def call(self, part: str, value: Any, *, callback: bool = False) -> State:
        """Return the call of one of the step's functions."""
        name = "_".join(word for word in (self.step.name, part) if word)
        timeout = self.step.code()[part].timeout
        limit = {"TimeoutSeconds": seconds(timeout)} if timeout else {}
        return {**self._invoked(name, name, self.value(value), callback=callback), **limit}

    def ask(self, message: Any, timeout: timedelta) -> State:
        """Return the call of the platform's function that asks a person, as long as it may wait."""
        given = {"message": self.value(message), "timeout_seconds": seconds(timeout)}
        asked = self._invoked(ASK_APPROVAL, self.step.name, given, callback=True)
        return {**asked, "TimeoutSeconds": seconds(timeout)}

    def _invoked(self, function: str, name: str, given: Any, *, callback: bool) -> State:
        payload = {
            "step": self.facts(name, callback=callback),
            "run": jsonata("$run"),
            "record": jsonata("$record"),
            "input": given,
        }
        return {
            "Type": "Task",
            "Resource": f"{SERVICE}lambda:invoke{'.waitForTaskToken' if callback else ''}",
            "Arguments": {"FunctionName": function_version(function), "Payload": payload},
        }

    def effect(self, kind: str) -> str:
        """Return the expression of what the step's effect is known by at every try and every redrive: 32 hex digits."""
        numbers = "".join(f" & '-' & $string({item})" for item in self.scope.items)
        visit = f" & '@' & $string({self.visit})" if self.visit else ""
        return f"$substring($hash($run.token & {text(f'#{kind}#{self.step.name}')}{numbers}{visit}, 'SHA-256'), 0, 32)"

    def sent(self, output: str, value: Any) -> tuple[State, str]:
        """Return the call that sends a value to an output."""
        return sending.sent(self.scope.machine, output, self.value(value), self.effect("event"))

    def told_below(self, pipeline: str, value: Any, following: str) -> State:
        """Return the call that tells of the run of another pipeline's workflow before it begins."""
        path = self.scope.path(self.step.name, self.visit)
        told = below.told(self.scope.machine, pipeline, self.value(value), self.effect("workflow"), path)
        catch = [below.known_before(following), *self.catchers()]
        return {**told, "Catch": catch, "Output": {}, "Next": following}

    def started(self, pipeline: str, value: Any) -> State:
        """Return the call that runs the workflow of another pipeline; its failure has the name that it has there."""
        call = below.started(self.scope.machine, pipeline, self.value(value), self.effect("workflow"))
        known = f"Failed_{self.step.name}"
        led = {"Assign": {known: below.failure(self.step.name)}, "Output": {}, "Next": joining.judged(self, known)}
        tried = self.tried(calls=False)
        catch = [{"ErrorEquals": [below.TASK_FAILED], **led}, *tried.get("Catch", ())]
        return {**call, **tried, "Catch": catch}

    def tried(self, *, never: Sequence[str] = (), calls: bool = True) -> State:
        """Return ``Retry`` and ``Catch`` of the step."""
        step = self.acting()
        never = [*never, *for_good(self.scope.machine.errors)]
        retry, catch = retriers(step.retry, never=never, calls=calls), list(self.catchers())
        return {**({"Retry": retry} if retry else {}), **({"Catch": catch} if catch else {})}

    def failing(self, error: str, cause: str) -> State:
        """Return a state that goes where the step's failure of this name goes."""
        for catcher in self.catchers():
            if {error, ALL} & set(catcher["ErrorEquals"]):
                return with_error(catcher, text(error), text(cause))
        return {"Type": "Fail", "Error": error, "Cause": cause}

    def failed(self, error: Any, cause: Any) -> State:
        """Return a state that ends the list of steps with an error of its own."""
        if self.scope.kind == "branch" and not self.scope.guarded:
            return {"Type": "Fail", "Error": error, "Cause": cause}
        found = {"step": self.step.name, "error": error, "cause": cause}
        state = {"Type": "Pass", "Assign": {self.scope.error: found}, "Next": self.scope.own("failed")}
        return self.computed({**state, "Output": {}}, cause)

    def branches(self) -> tuple[State, ...]:
        """Return the state machines of the branches."""
        return joining.branches(self)

    def joined(self, names: Sequence[str]) -> State:
        """Return how what branches have come to becomes the step's result."""
        return joining.joined(self, lambda result: {name: result(i) for i, name in enumerate(names)})

    def gathered(self, *, collect: bool) -> State:
        """Return how what items have come to becomes the step's result."""
        return joining.gathered(self, collect=collect)

    def counted(self, most: int, *, collect: bool, written: bool) -> State:
        """Return how items that were read become the step's result."""
        return children.counted(self, self.step.name, most, collect=collect, written=written)

    def item(self, *, batch: int | None, most: int | None) -> tuple[State, State]:
        """Return the state machine of an item with an execution of its own."""
        return children.child(self, batch=batch, most=most)

    def inline_item(self) -> tuple[State, State]:
        """Return the state machine of an item of the same execution."""
        return joining.inline_item(self)

    def store(self, name: str) -> tuple[str, str]:
        """Return bucket and key prefix of a store."""
        return sending.store(self.scope.machine, name)
