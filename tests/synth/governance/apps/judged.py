"""A small app under governance; run as a program it ends like every app does: ``judged.py OUTDIR CASE``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from aws_cdk import App, Duration, Stack, aws_sqs

from constructs_lib.governance.attach import govern, synthesize
from constructs_lib.governance.rule import Subject
from tests.unit.governance.cases import HANDLER, pipeline

if TYPE_CHECKING:
    from constructs import IConstruct

TODAY = date(2026, 11, 21)
CASES: dict[str, dict[str, Any]] = {
    "clean": {},
    "warned": {
        "overrides": [
            {"resource": "buffer", "property": "Tags.x", "value": "y", "reason": "a vendor asks for it"},
        ]
    },
    "denied": {"runner": {"handler": HANDLER, "environment": {"DB_PASSWORD": "hunter2"}}},
    "asking": {"runner": {"handler": HANDLER, "size": "xlarge"}},
    "approved": {
        "runner": {"handler": HANDLER, "size": "xlarge"},
        "approvals": [
            {
                "rule": "Pipeline::size-approval[runner.size]",
                "resource": "land_order",
                "ticket": "OPS-17",
                "approved_by": "platform@example.com",
                "expires": "2026-11-21",
                "reason": "the yearly import needs it",
            }
        ],
    },
}


def build(outdir: str, case: str) -> App:
    """Return an app with the buffer of one declared pipeline, judged on a fixed day."""
    app = App(outdir=outdir, context={"aws:cdk:enable-path-metadata": True})
    stack = Stack(app, "Shop")
    subject = pipeline(**CASES[case])
    dead_letters = aws_sqs.Queue(stack, "DeadLetters", enforce_ssl=True)
    aws_sqs.Queue(
        stack,
        "Buffer",
        queue_name=subject.plan.queue("buffer").name,
        enforce_ssl=True,
        visibility_timeout=Duration.seconds(180),
        dead_letter_queue=aws_sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=5),
    )

    def subjects(_: IConstruct) -> Iterable[Subject]:
        return [Subject(subject.declaration, subject.plan, subject.catalog, "Shop")]

    govern(app, clock=lambda: TODAY, packs=False, subjects=subjects)
    return app


if __name__ == "__main__":
    synthesize(build(sys.argv[1], sys.argv[2]))
