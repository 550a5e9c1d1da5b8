"""Settings that few functions have; a cold start without them imports none of this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.environment import BackPressureSettings, FanInSettings
from functions.runtime.environment import compiles, one_of, shape

if TYPE_CHECKING:
    from functions.contract.workflow import StepSettings, WorkflowSettings


def back_pressure(text: str) -> BackPressureSettings:
    """Return the settings of back pressure; raises ``ValueError`` or ``TypeError`` when the text does not fit."""
    settings = shape(BackPressureSettings)(text)
    one_of("action", settings.action, ("slow", "pause"))
    one_of("counts", settings.counts, ("handler", "landing"))
    if min(settings.failure_threshold, settings.recovery_timeout_seconds) < 1:
        raise ValueError("failure_threshold and recovery_timeout_seconds start at 1")
    return settings


def fan_in(text: str) -> FanInSettings:
    """Return the settings of fan-in; raises ``ValueError`` or ``TypeError`` when the text does not fit."""
    settings = shape(FanInSettings)(text)
    one_of("on_timeout", settings.on_timeout, ("consolidate", "dead_letter"))
    if not settings.group or min(settings.timeout_seconds, settings.max_items) < 1:
        raise ValueError("group needs an expression, timeout_seconds and max_items start at 1")
    for expression in (*settings.group, settings.part, settings.expected):
        compiles(expression)
    return settings


def step(text: str) -> StepSettings:
    """Return what a step's function knows; raises ``ValueError`` or ``TypeError`` when the text does not fit."""
    from functions.contract.workflow import REFERENCE_BYTES, StepSettings

    settings = shape(StepSettings)(text)
    if not settings.name or settings.result_bytes < REFERENCE_BYTES:
        raise ValueError(f"name is needed, and result_bytes starts at {REFERENCE_BYTES}")
    return settings


def workflow(text: str) -> WorkflowSettings:
    """Return what is started for each record; raises ``ValueError`` or ``TypeError`` when the text does not fit."""
    from functions.contract.workflow import WorkflowSettings

    settings = shape(WorkflowSettings)(text)
    if not settings.state_machine.startswith("arn:"):
        raise ValueError("state_machine is an ARN")
    return settings
