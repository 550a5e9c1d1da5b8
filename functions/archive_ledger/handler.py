"""The Lambda handler of the archiving function."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from functions.archive_ledger.logic import Archive
from functions.runtime.aws_clients import client
from functions.runtime.entry_point import EntryPoint
from functions.runtime.environment import FUNCTION_NAME
from functions.runtime.evidence_bucket import EvidenceSettings, S3Evidence
from functions.runtime.redactor import Redactor
from functions.runtime.telemetry import flush_counts, make_logger, make_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def deploy() -> Callable[[Mapping[str, Any], Any], dict[str, Any]]:
    """Return the function of this environment.

    Raises:
        SettingsError: variables are missing; all of them are named.
    """
    settings = EvidenceSettings.from_environment(os.environ)
    name = os.environ.get(FUNCTION_NAME, "archive-ledger")
    redactor = Redactor()
    counts = make_metrics(settings.platform, name, redactor)
    logger = make_logger(settings.platform, settings.stage, name, redactor)
    archive = Archive(S3Evidence(lambda: client("s3"), settings.bucket), time.time, logger)

    def answer(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
        archived = archive.archive(event["Records"])
        if archived.counts:
            flush_counts(counts, archived.counts)
        return archived.to_event()

    return answer


handler = EntryPoint(deploy)
