"""The Lambda handler of the asking function."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from functions.ask_approval.gate import StepFunctionsGate
from functions.ask_approval.logic import Asking, PlatformBusy
from functions.contract.environment import Variable
from functions.runtime.aws_clients import client
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.back_pressure.state_items import PartiqlStateItems
from functions.runtime.entry_point import EntryPoint
from functions.runtime.environment import EnvironmentReader
from functions.runtime.events import EventBridgeSink
from functions.runtime.ledger import PartiqlLedgerStore
from functions.runtime.objects import S3ObjectStore
from functions.runtime.run_entry import Writer
from functions.runtime.steps.references import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class AskApproval:
    """Answers a state machine: nothing is returned, as the answer comes with the task token."""

    def __init__(self, asking: Asking) -> None:
        """``asking`` does the work."""
        self._asking = asking

    def __call__(self, event: Mapping[str, Any], context: Any) -> None:
        """Ask what one step wants to know.

        Raises:
            PlatformBusy: something of the platform did not answer; the state machine asks again.
        """
        failed = ""
        try:
            self._asking.ask(event, str(context.aws_request_id))
        except (*AWS_FAILURES, LookupError) as error:
            failed = error_code(error)
        if failed:
            raise PlatformBusy(failed)


def deploy() -> Callable[[Mapping[str, Any], Any], None]:
    """Return the function of this environment.

    Raises:
        SettingsError: variables are missing or malformed; all of them are named.
    """
    read = EnvironmentReader(os.environ)
    writer = Writer.read(read, "ask_approval")
    state, bus = read.required(Variable.STATE_TABLE, str), read.required(Variable.EVENT_BUS, str)
    raw = read.required(Variable.RAW_BUCKET, str)
    read.check()

    def dynamodb() -> Any:
        return client("dynamodb")

    return AskApproval(
        Asking(
            writer=writer,
            items=PartiqlStateItems(dynamodb, state),
            ledger=PartiqlLedgerStore(dynamodb, writer.ledger_table),
            events=EventBridgeSink(lambda: client("events"), bus),
            gate=StepFunctionsGate(lambda: client("stepfunctions")),
            values=Values(S3ObjectStore(lambda: client("s3")), raw, writer.pipeline),
            now=time.time,
        )
    )


ask_approval = EntryPoint(deploy)
