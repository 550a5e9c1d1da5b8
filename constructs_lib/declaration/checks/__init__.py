"""What a declaration must satisfy beyond the shape of its fields: limits, times and files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from constructs_lib.declaration.checks import (
    back_pressure,
    contract,
    fan_in,
    fan_out,
    fifo,
    handling,
    identity,
    outputs,
    queue,
    remembering,
    requests,
    retry,
    runner,
    schedule,
    stores,
    stream,
    user_code,
    workflow,
)
from constructs_lib.declaration.checks.subject import Subject
from constructs_lib.errors import Fault

if TYPE_CHECKING:
    from constructs_lib.catalog import Catalog
    from constructs_lib.declaration.pipeline import PipelineDeclaration

Check = Callable[[Subject], Iterator[Fault]]

CHECKS: tuple[Check, ...] = (
    handling.one_handles_records,
    *workflow.CHECKS,
    contract.schema_is_usable,
    contract.response_is_usable,
    contract.events_are_usable,
    requests.read_changes_nothing,
    requests.parameters_are_seen,
    queue.there_is_a_queue,
    queue.batch_fits,
    queue.visibility_covers_a_run,
    queue.retention_fits,
    fifo.source_can_order,
    fifo.batch_keeps_order,
    fifo.groups_are_known,
    fifo.deduplication_is_of_a_fifo_queue,
    fifo.groups_are_not_collected,
    runner.size_exists,
    runner.timeout_fits,
    runner.caller_waits_long_enough,
    runner.concurrency_fits,
    stream.lambda_outlasts_the_runner,
    stream.shards_fit_the_cap,
    user_code.handlers_exist,
    user_code.requirements_are_pinned,
    identity.key_is_declared,
    identity.key_identifies_a_record,
    identity.tenant_is_in_the_record,
    fan_in.expressions_read_the_record,
    fan_in.group_is_bounded,
    fan_in.parts_can_be_collected,
    fan_in.results_follow_from_workers,
    fan_out.workers_differ,
    fan_out.workers_reach_what_is_declared,
    fan_out.workers_are_sized,
    fan_out.items_are_bounded,
    fan_out.records_can_be_shared_out,
    fan_out.marked_items_stay_hidden,
    schedule.tick_is_its_own_key,
    schedule.calendar_is_known,
    schedule.checkpoint_fits,
    schedule.silence_can_be_heard,
    retry.attempts_agree,
    retry.delays_fit,
    remembering.ttl_outlives_delivery,
    remembering.ledger_outlives_delivery,
    remembering.log_retention_is_offered,
    outputs.names_differ,
    outputs.a_batch_fits,
    outputs.libraries_are_locked,
    stores.names_differ,
    back_pressure.there_is_a_queue,
    back_pressure.dependency_is_known,
    back_pressure.recovery_timeout_fits,
    back_pressure.threshold_is_reached,
    back_pressure.name_is_free,
)
"""Every check; each yields one fault for each thing that is wrong."""


def check_declaration(declaration: PipelineDeclaration, catalog: Catalog) -> list[Fault]:
    """Return every fault of the declaration; files are read, nothing is imported and nothing is raised."""
    subject = Subject(declaration, catalog)
    return [fault for check in CHECKS for fault in check(subject)]
