"""What a workflow must satisfy: where it goes, what it reads, how long it takes, and what it may reach."""

from __future__ import annotations

from constructs_lib.declaration.checks.workflow import (
    error_names,
    expressions,
    fitness,
    flow,
    maps,
    names,
    reach,
    state_size,
    times,
    undoing,
    waits,
)

CHECKS = (
    flow.steps_lead_somewhere,
    flow.ends_are_clear,
    flow.steps_are_reached,
    flow.loops_end,
    names.names_differ,
    names.functions_are_free,
    waits.waits_are_clear,
    maps.maps_are_clear,
    reach.outputs_and_stores_are_declared,
    reach.sends_have_a_target,
    reach.maps_have_a_bucket,
    times.workflow_ends,
    times.functions_end,
    times.callbacks_end,
    times.steps_fit_the_whole,
    times.retries_fit,
    undoing.what_is_undone_is_not_tried_again,
    fitness.express_is_fit,
    fitness.a_caller_gets_an_answer,
    fitness.groups_are_of_records,
    fitness.cursors_are_of_runners,
    expressions.expressions_are_jsonata,
    expressions.variables_are_known,
    error_names.errors_are_raised,
    state_size.results_fit,
    state_size.inputs_fit,
)
"""Every check of a workflow; each yields one fault for each thing that is wrong."""
