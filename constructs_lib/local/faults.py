"""Faults as data: which call fails, how, and how often."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.local.calls import Call
    from constructs_lib.local.statements import Statement

_MESSAGE = "Injected by the local proxy."


class Action(StrEnum):
    """What happens to a call that a fault matches; AWS has done it only in the ``_AFTER`` cases."""

    ANSWER = "answer"
    DROP_BEFORE = "drop-before"
    DROP_AFTER = "drop-after"
    KILL_BEFORE = "kill-before"
    KILL_AFTER = "kill-after"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong. Empty fields match everything; ``verb`` is a PartiQL verb such as ``Insert``.

    ``run_token`` is one that a statement names in its partition key, so that a fault meets one record and no other.

    The first ``skip`` matching calls pass, then ``times`` fail; None fails until the fault is removed.
    """

    service: str
    action: Action
    operation: str = ""
    resource: str = ""
    key_prefix: str = ""
    verb: str = ""
    function: str = ""
    run_token: str = ""
    skip: int = 0
    times: int | None = None
    status: int = 503
    code: str = "ServiceUnavailable"

    def matches(self, call: Call) -> bool:
        """Return whether the call is one of those that the fault is about."""
        return (
            call.service == self.service
            and self.operation in {"", call.operation}
            and self.resource in {"", call.resource}
            and self.function in {"", call.function}
            and call.key.startswith(self.key_prefix)
            and (not self.verb or any(statement.verb == self.verb for statement in call.statements))
            and (not self.run_token or any(_names(statement, self.run_token) for statement in call.statements))
        )

    def body(self) -> tuple[str, bytes]:
        """Return the content type and the body of the error, in the protocol of the service."""
        if self.service == "s3":
            return "application/xml", f"<Error><Code>{self.code}</Code><Message>{_MESSAGE}</Message></Error>".encode()
        return "application/x-amz-json-1.0", json.dumps({"__type": self.code, "message": _MESSAGE}).encode()


def _names(statement: Statement, token: str) -> bool:
    return (statement.partition_key or "").endswith(token)


@dataclass
class ActiveFault:
    """A fault in force and how many calls it has met so far."""

    fault: Fault
    met: int = 0
    fired: int = 0
    happened: threading.Event = field(default_factory=threading.Event)

    def strikes(self, call: Call) -> bool:
        """Count the call and return whether it fails."""
        if not self.fault.matches(call):
            return False
        self.met += 1
        if self.met <= self.fault.skip or (self.fault.times is not None and self.fired >= self.fault.times):
            return False
        self.fired += 1
        self.happened.set()
        return True


class FaultBoard:
    """The faults in force; calls of many threads meet them one at a time."""

    def __init__(self) -> None:
        """Start with a world without faults."""
        self._lock = threading.Lock()
        self._active: list[ActiveFault] = []

    @contextmanager
    def active(self, fault: Fault) -> Iterator[ActiveFault]:
        """Keep a fault in force while the context is open."""
        entry = ActiveFault(fault)
        with self._lock:
            self._active.append(entry)
        try:
            yield entry
        finally:
            with self._lock:
                self._active.remove(entry)

    def strike(self, call: Call) -> Fault | None:
        """Return the fault that the call meets, or None when it passes."""
        with self._lock:
            return next((entry.fault for entry in self._active if entry.strikes(call)), None)
