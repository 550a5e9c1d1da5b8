"""The Lambda handler of the sealing function."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from functions.runtime.aws_clients import client
from functions.runtime.entry_point import EntryPoint
from functions.runtime.environment import FUNCTION_NAME
from functions.runtime.evidence_bucket import EvidenceSettings, S3Evidence
from functions.runtime.redactor import Redactor
from functions.runtime.telemetry import make_logger
from functions.seal_ledger.logic import Sealer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class NotWellError(Exception):
    """A day has no seal, or an object cannot be read; raised when all else is done, so that Lambda counts an error."""


def deploy() -> Callable[[Mapping[str, Any], Any], dict[str, Any]]:
    """Return the function of this environment; it asks the archive what is to be sealed, not the event.

    Raises:
        SettingsError: variables are missing; all of them are named.
    """
    settings = EvidenceSettings.from_environment(os.environ)
    name = os.environ.get(FUNCTION_NAME, "seal-ledger")
    logger = make_logger(settings.platform, settings.stage, name, Redactor())
    objects = S3Evidence(lambda: client("s3"), settings.bucket)

    def answer(_event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
        outcome = Sealer(objects, time.time, logger).seal_all()
        if not outcome.is_well:
            raise NotWellError(f"without a seal: {outcome.unsealed}; damaged: {outcome.damaged}")
        return {"sealed": outcome.sealed}

    return answer


handler = EntryPoint(deploy)
