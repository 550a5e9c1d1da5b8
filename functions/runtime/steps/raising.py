"""Under which name a failed step is raised: the one by which its workflow tells it apart, and no other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from functions.contract.workflow import FOR_GOOD, NEVER_RETRIED, PLATFORM_BUSY, STEP_IN_FLIGHT
from functions.runtime.claiming import IN_FLIGHT
from functions.runtime.errors import ContractBreak, Invalid, Permanent, Recoverable, Throttled
from functions.runtime.failure import Verdict
from functions.runtime.masking import MAX_TYPE, told
from functions.runtime.wire_text import clipped

if TYPE_CHECKING:
    from functions.runtime.failure import Failure
    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

UNSPEAKABLE = re.compile(r"[^A-Za-z0-9_.]+")
"""What no error of a state machine is called by; a class may be called anything."""
KINDS = (Permanent, Invalid, Recoverable, Throttled)
"""Errors of the runtime's own: whatever is made of them and not named means the same."""


def error_of(work: Work, invocation: Invocation) -> Exception:
    """Return the exception that says to the state machine what came of a step; it holds nothing of the record."""
    failure = work.failure
    if failure is None:
        name = STEP_IN_FLIGHT if work.reason == IN_FLIGHT else PLATFORM_BUSY
        return _named(name, work.reason or work.state.value)
    declared = invocation.settings.step.errors if invocation.settings.step else ()
    name = invocation.services.redactor.text(name_of(failure, declared))
    said = told(work, failure, invocation)
    short = name.removesuffix(FOR_GOOD) == said.error_type
    return _named(name, said.message if short else f"{said.error_type}: {said.message}")


def name_of(failure: Failure, declared: tuple[str, ...]) -> str:
    """Return the first name in the ancestry of the cause that the workflow tells apart, else what it means for a retry.

    A record that can never succeed is ``Permanent`` or ``Invalid``, whatever its class; where the workflow names the
    class, its name ends so that only a retry that names it tries it again.
    """
    cause = _cause(failure)
    ancestry = [kind.__name__ for kind in type(cause).__mro__] if cause is not None else []
    for name in (*ancestry, failure.error_type):
        if name in declared:
            return f"{name}{FOR_GOOD}" if name not in NEVER_RETRIED and _lasts(failure, cause) else name
    if failure.own:
        return PLATFORM_BUSY
    if isinstance(cause, ContractBreak):
        return Invalid.__name__
    for kind in KINDS:
        if isinstance(cause, kind):
            return kind.__name__
    if failure.verdict is Verdict.GIVE_UP:
        return Permanent.__name__
    return type(cause).__name__ if cause is not None else _of_output(failure)


def _lasts(failure: Failure, cause: BaseException | None) -> bool:
    return failure.verdict is Verdict.GIVE_UP or isinstance(cause, Invalid | ContractBreak)


def _of_output(failure: Failure) -> str:
    """What an output could not land was raised by nobody."""
    return Throttled.__name__ if failure.verdict is Verdict.SLOW_DOWN else Recoverable.__name__


def _cause(failure: Failure) -> BaseException | None:
    """A handler's own finding is told in the words of a contract, and stands behind them."""
    cause = failure.cause
    return cause.__cause__ if isinstance(cause, ContractBreak) and isinstance(cause.__cause__, Invalid) else cause


def _named(name: str, message: str) -> Exception:
    spoken = UNSPEAKABLE.sub("_", clipped(name, MAX_TYPE)).strip("_.")
    kind: type[Exception] = type(spoken or "Error", (Exception,), {})
    return kind(message)
