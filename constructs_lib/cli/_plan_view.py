"""A plan as people read it: one section for each sort of resource, one line for each resource."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from constructs_lib.cli._plan_steps import step_rows, taker_text
from constructs_lib.model.names import made_stream
from constructs_lib.model.next_runs import next_runs
from constructs_lib.model.units import duration_text
from functions.contract.ticks import time_text

if TYPE_CHECKING:
    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.model.functions import Grant
    from constructs_lib.model.intake import QueuePlan, RoutePlan
    from constructs_lib.model.plan import AlarmPlan, PipelinePlan
    from constructs_lib.model.resources import ResourcePlan, SchedulePlan

Row = Sequence[str]
_SIGNS = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanOrEqualToThreshold": "<=",
    "LessThanThreshold": "<",
}


def plan_text(plan: PipelinePlan, now: int, workflow: Workflow | None = None) -> str:
    """Return the plan without price and findings; ``now``, in seconds since 1970, is before the next runs."""
    sections = {
        "Schedule": _schedule(plan.schedule, now) if plan.schedule else (),
        "Functions": _functions(plan),
        "Steps": step_rows(plan, workflow) if workflow else (),
        "Workers": _workers(plan),
        "Queues": (_queue(queue) for queue in plan.queues),
        "Mappings": (*_mappings(plan), *_streams(plan)),
        "Resources": (_resource(resource) for resource in plan.resources),
        "Routes": (_route(route) for route in plan.routes),
        **{f"Grants of {function.id}": map(_grant, function.grants) for function in plan.functions},
        "Alarms": (_alarm(alarm) for alarm in plan.alarms),
        "Overrides": ((o.resource, f"{o.property} = {o.value!r}", o.reason) for o in plan.overrides),
    }
    shown = ((title, list(rows)) for title, rows in sections.items())
    return "\n\n".join(["\n".join(_head(plan)), *(_section(title, rows) for title, rows in shown if rows)])


def _head(plan: PipelinePlan) -> Iterator[str]:
    yield f"{plan.pipeline} in {plan.stage}, owned by {plan.owner}"
    yield f"  source {plan.source}, {taker_text(plan)}, network {plan.network}"
    yield f"  data class {plan.data_class}, catalogue {plan.catalog}, manifest {plan.manifest_hash[:12]}"
    if plan.contract is not None:
        contract = plan.contract
        yield f"  contract {contract.id} {contract.version}, invalid: {contract.on_invalid}, drift: {contract.on_drift}"
    if plan.back_pressure is not None:
        pressure = plan.back_pressure
        opens = f"after {pressure.failure_threshold} failures for {_time(pressure.recovery_timeout)}"
        share = f"{plan.in_work} of its budget of {pressure.budget}"
        yield f"  back pressure {pressure.dependency}: {pressure.action} {opens}, {share}"
    if plan.runs_per_event:
        yield f"  one event causes up to {plan.runs_per_event:,.0f} runs besides the first"
    budget = plan.budget
    if budget.monthly_usd is not None or budget.events_per_month is not None:
        money = "no sum" if budget.monthly_usd is None else f"{budget.monthly_usd:,.2f} USD"
        events = "any number of" if budget.events_per_month is None else f"{budget.events_per_month:,}"
        yield f"  budget {money} a month for {events} events"
    names = plan.platform
    yield f"  platform {names.platform}: {names.ledger_table}, {names.state_table}, {names.raw_bucket}"
    yield f"  dashboard {plan.dashboard or 'none'}, runbook {plan.runbook}"


def _section(title: str, rows: Sequence[Row]) -> str:
    """Return aligned rows below a title; the last column is as long as it likes."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    padded = (
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    )
    return "\n".join([title, *(f"  {line}" for line in padded)])


def _functions(plan: PipelinePlan) -> Iterator[Row]:
    for function in plan.functions:
        limits = f"{function.memory} MiB, at most {_time(function.timeout)}"
        logs = f"logs {function.log_retention_days}d, tracing {'on' if function.tracing else 'off'}"
        yield function.id, function.name, function.handler, f"{limits}, {logs}"


def _workers(plan: PipelinePlan) -> Iterator[Row]:
    if plan.fan_out is None:
        return
    for worker in plan.fan_out.workers:
        told = f"{plan.fan_out.messages_per_event} messages of one event, by {plan.fan_out.via.replace('_', ' ')}"
        yield worker.name, worker.queue, worker.function, told


def _schedule(schedule: SchedulePlan, now: int) -> Iterator[Row]:
    later = f", up to {_time(schedule.flexible_minutes * 60)} later" if schedule.flexible_minutes else ""
    yield "expression", f"{schedule.expression} in {schedule.timezone}{later}"
    yield "runs", f"overlap {schedule.overlap}, missed {schedule.missed_run}"
    runs = next_runs(schedule, now)
    zone = ZoneInfo(schedule.timezone)
    for at in runs:
        yield "next", f"{time_text(at)}, there {datetime.fromtimestamp(at, UTC).astimezone(zone):%a %Y-%m-%d %H:%M}"
    if not runs:
        yield "next", "from the deployment on" if schedule.expression.startswith("rate") else "none"


def _queue(queue: QueuePlan) -> Row:
    if queue.existing:
        return queue.id, queue.name, f"exists already, hidden {_time(queue.visibility_timeout)}"
    times = f"hidden {_time(queue.visibility_timeout)}, kept {_time(queue.retention_period)}"
    spent = (
        f", to {queue.dead_letter_queue} after {queue.max_receive_count} receives" if queue.dead_letter_queue else ""
    )
    return queue.id, queue.name, times + spent


def _resource(resource: ResourcePlan) -> Row:
    existing = "exists already" if resource.existing else "new"
    return resource.id, resource.type, _here(resource.name), f"{existing}, for {resource.needed_by}"


def _mappings(plan: PipelinePlan) -> Iterator[Row]:
    for mapping in plan.mappings:
        batch = f"up to {mapping.batch_size} records, waits {_time(mapping.max_batching_window)} for them"
        yield (
            mapping.id,
            f"{mapping.queue} -> {mapping.function}",
            f"{batch}, {mapping.max_concurrency} batches at once",
        )


def _streams(plan: PipelinePlan) -> Iterator[Row]:
    for stream in plan.streams:
        batch = f"up to {stream.batch_size} records, waits {_time(stream.max_batching_window)} for them"
        shards = f"from {stream.starting_position}, {stream.parallelization_factor} batches of a shard at once"
        spent = f"retried {stream.retry_attempts} times or until {_time(stream.max_record_age)} old"
        yield (
            stream.id,
            f"{_stream_name(plan, stream.stream)} -> {stream.function}",
            f"{batch}, {shards}, {spent}, then to {stream.dead_letter_queue}",
        )


def _stream_name(plan: PipelinePlan, stream: str) -> str:
    """Return the name of the pipeline's own stream or table, and an ARN as it is."""
    own = {made_stream(resource.id): resource.name for resource in plan.resources}
    return _here(own.get(stream, stream))


def _route(route: RoutePlan) -> Row:
    target = f"{route.method} {route.path} -> {route.function or route.queue}"
    throttle = f"{route.throttle_rate} requests a second, {route.throttle_burst} at once"
    return route.id, route.api_name, target, f"auth {route.auth}, {throttle}"


def _grant(grant: Grant) -> Row:
    only = "".join(f" where {c.key} {c.operator} {', '.join(c.values)}" for c in grant.conditions)
    resources = ", ".join(_here(resource) for resource in grant.resources)
    return grant.sid, grant.needed_by, f"{', '.join(grant.actions)} on {resources}{only}"


def _here(arn: str) -> str:
    """Return an ARN without what every ARN of the deploying account has; the JSON has it whole."""
    return arn.removeprefix("arn:${AWS::Partition}:").replace("${AWS::Region}:${AWS::AccountId}:", "")


def _alarm(alarm: AlarmPlan) -> Row:
    bound = f"{alarm.statistic} {alarm.metric} {_SIGNS.get(alarm.comparison, alarm.comparison)} {alarm.threshold:.15g}"
    of = ", ".join(dimension.value for dimension in alarm.dimensions)
    return alarm.id, of, f"{bound} for {alarm.evaluation_periods} x {_time(alarm.period)}"


def _time(seconds: int) -> str:
    return duration_text(timedelta(seconds=seconds))
