"""``pipelines approval reject``: a run that waits for a person takes the way of ApprovalRejected."""

from __future__ import annotations

from constructs_lib.cli._options import Catalog, Declaration, Platform, Stage
from constructs_lib.cli.approval._decide import Comment, Step, Token


def reject(
    declaration: Declaration,
    token: Token,
    *,
    step: Step = None,
    comment: Comment = "",
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
) -> None:
    """Reject what a run waits for: it goes the way of ApprovalRejected; the ledger says who decided, when, and why.

    Deciding the same twice is deciding once; what was decided first stands. A gate whose time is over takes no answer.
    """
    from constructs_lib.cli.approval._decide import decide
    from functions.contract.approval import REJECTED

    decide(declaration, token, step, REJECTED, comment, stage=stage, platform=platform, catalog=catalog)
