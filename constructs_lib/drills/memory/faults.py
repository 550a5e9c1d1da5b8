"""Calls to AWS, counted, and a fault at one of them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, ReadTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Crash(BaseException):
    """The process is gone; nothing can catch it."""


class Fault(StrEnum):
    """What goes wrong at a call."""

    REFUSED = "refused"
    LOST_ANSWER = "lost-answer"
    KILLED_BEFORE = "killed-before"
    KILLED_AFTER = "killed-after"


def client_error(code: str, operation: str = "Operation") -> ClientError:
    """Return the error that boto3 raises for a call that AWS refuses with this code."""
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


@dataclass
class Calls:
    """The operations that were called, in order; ``plan`` says what goes wrong at a call, by its index and name."""

    names: list[str] = field(default_factory=list)
    plan: Callable[[int, str], Fault | None] = lambda _index, _name: None
    out: Callable[[str], bool] = lambda _target: False
    """Whether what a call is for takes nothing now: a bucket, a bus, a topic, a queue, a table or a host."""

    gone: bool = False
    """Whether the process died while a handler ran: whatever catches that makes no call any more."""

    @contextmanager
    def of_handler(self, name: str) -> Iterator[None]:
        """Count a call that a handler makes; a handler's death would pass for a failure, were any call to follow."""
        try:
            with self.call(name):
                yield
        except Crash:
            self.gone = True
            raise

    @contextmanager
    def call(self, name: str, target: str = "") -> Iterator[None]:
        """Count a call and let happen what the plan says, before or after what is done inside."""
        if self.gone:
            raise Crash(name)
        fault = self.plan(len(self.names), name)
        if fault is None and target and self.out(target):
            fault = Fault.REFUSED
        self.names.append(name)
        if fault is Fault.REFUSED:
            raise client_error("InternalServerError", name)
        if fault is Fault.KILLED_BEFORE:
            raise Crash(name)
        yield
        if fault is Fault.LOST_ANSWER:
            raise ReadTimeoutError(endpoint_url="http://localhost")
        if fault is Fault.KILLED_AFTER:
            raise Crash(name)


def at(wanted: int, fault: Fault) -> Callable[[int, str], Fault | None]:
    """Return a plan with one fault at the call of this index."""
    return lambda index, _name: fault if index == wanted else None


def always(operation: str, fault: Fault = Fault.REFUSED) -> Callable[[int, str], Fault | None]:
    """Return a plan by which every call of an operation fails."""
    return lambda _index, name: fault if name == operation else None
