"""Clients of AWS services: one per environment, made at its first use, with limits that fit inside an invocation."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.config import Config

CONNECT_TIMEOUT = 2
READ_TIMEOUT = 5
ATTEMPTS = 2
"""Seconds and attempts of one AWS call: botocore's own minutes would outlive the function; the queue retries."""
SERVICES = ("dynamodb", "events", "lambda", "s3", "secretsmanager", "sns", "sqs", "stepfunctions")
"""The services that functions call for themselves; a handler's own clients have sessions of their own."""
UNCHECKED = frozenset({"dynamodb"})
"""Services whose requests are sent unchecked: all values have their types here, and checking 25 statements took longer
than building, signing and sending them. Requests to others hold parts that come from outside."""

COURTESY_EVENTS = "courtesy:events"
"""EventBridge, for calls that no record waits for: one attempt."""
COURTESY_SECONDS = 1
"""Seconds of connecting and of waiting for an answer in such a call."""


AWAITED_WORKFLOW = "awaited:stepfunctions"
"""Step Functions, for express workflows, whose end is waited for."""
AWAITED_SECONDS = 310
"""Seconds of waiting for such an end: five minutes at most (Step Functions quotas) and some on the way."""


@cache
def client(service: str) -> Any:
    """Return the one client of one of the ``SERVICES`` in this environment, or one with limits of its own."""
    name = service.rpartition(":")[2]
    config = client_config(checked=name not in UNCHECKED, patient=service != COURTESY_EVENTS)
    if service == AWAITED_WORKFLOW:
        config = config.merge(awaited())
    with _uncollected():
        return _session().create_client(name, config=config)


def awaited() -> Config:
    """Return what differs where an end is waited for: it is asked for once, as every call is another execution."""
    from botocore.config import Config

    return Config(read_timeout=AWAITED_SECONDS, retries={"mode": "standard", "total_max_attempts": 1})


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the garbage collector: of the service models that are read here nothing becomes garbage.

    Collecting while they are read takes a fifth of a cold start; what stands afterwards stays for good and is exempted
    from every later collection, whose first would otherwise go through all of it at once.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def client_config(*, checked: bool = True, patient: bool = True) -> Config:
    """Return the limits of every AWS call; ``checked`` requests are held against the service's model first."""
    from botocore.config import Config

    return Config(
        parameter_validation=checked,
        connect_timeout=CONNECT_TIMEOUT if patient else COURTESY_SECONDS,
        read_timeout=READ_TIMEOUT if patient else COURTESY_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS if patient else 1},
    )


@cache
def _session() -> Any:
    """Botocore alone: boto3 adds 60 modules to the cold start and nothing that is used here.

    Before it reads a service's model, botocore looks through the folders of all services for those that have one.
    """
    from botocore.loaders import Loader
    from botocore.session import get_session

    class Models(Loader):
        def list_available_services(self, _type_name: str) -> list[str]:
            return list(SERVICES)

    session = get_session()
    session.register_component("data_loader", Models())
    return session
