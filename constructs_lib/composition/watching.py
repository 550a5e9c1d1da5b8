"""Every alarm of one pipeline, in the order in which its parts come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.composition.alarms import (
    Responder,
    control_alarm,
    function_alarms,
    group_alarms,
    queue_alarms,
    response_alarm,
    silence_alarms,
    stream_alarm,
)
from constructs_lib.composition.back_pressure import CONTROL_DLQ
from constructs_lib.composition.workflow.alarms import multiplied_alarms, workflow_alarms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.composition.fan_out.parts import FanOutParts
    from constructs_lib.composition.workflow.plan import WorkflowParts
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.intake import QueuePlan
    from constructs_lib.model.plan import AlarmPlan, RequestPlan
    from constructs_lib.model.resources import StreamPlan


@dataclass(frozen=True, kw_only=True)
class Watched:
    """The parts of a pipeline that have alarms."""

    declaration: PipelineDeclaration
    prefix: str
    """What the name of every alarm begins with: the pipeline and its stage."""
    runbook: str
    functions: tuple[FunctionPlan, ...]
    """The one that takes records is the first."""
    queues: tuple[QueuePlan, ...]
    """That of groups, where there are any, is the last."""
    control_queues: tuple[QueuePlan, ...]
    streams: tuple[StreamPlan, ...]
    request: RequestPlan
    workflow: WorkflowParts | None
    fan_out: FanOutParts | None

    def alarms(self) -> tuple[AlarmPlan, ...]:
        """Return the alarms; none where the declaration switches them off."""
        if not self.declaration.observability.alarms:
            return ()
        prefix, responder = self.prefix, Responder(owner=self.declaration.owner, runbook=self.runbook)
        control = (control_alarm(prefix, queue, responder) for queue in self.control_queues if queue.id == CONTROL_DLQ)
        by_function = (function_alarms(prefix, function, responder) for function in self.functions)
        return (
            *queue_alarms(prefix, self.queues, responder),
            *(self.fan_out.alarms(prefix, self.functions, responder) if self.fan_out else ()),
            *self._of_groups(responder),
            *self._of_responses(responder),
            *control,
            *self._of_workflow(responder),
            *silence_alarms(prefix, self.declaration, self.functions[0], responder),
            *(stream_alarm(prefix, stream, self.functions[0], responder) for stream in self.streams),
            *(alarm for alarms in by_function for alarm in alarms),
        )

    def _of_workflow(self, responder: Responder) -> Iterable[AlarmPlan]:
        if self.workflow is None:
            return ()
        expected = self.declaration.budget.events_per_month
        multiplied = multiplied_alarms(self.prefix, self.workflow, responder, expected)
        return (*workflow_alarms(self.prefix, self.workflow.state_machine, responder), *multiplied)

    def _of_groups(self, responder: Responder) -> Iterable[AlarmPlan]:
        fan_in = self.declaration.fan_in
        if fan_in is None:
            return ()
        return group_alarms(self.prefix, self.queues[-1], int(fan_in.timeout.total_seconds()), responder)

    def _of_responses(self, responder: Responder) -> Iterable[AlarmPlan]:
        if self.request.response_file:
            yield response_alarm(self.prefix, self.declaration.pipeline, self.functions[0], responder)
