"""One call that puts an app under governance, and one that synthesises it with a readable end."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NoReturn

from aws_cdk import App, Stage, Validations

from constructs_lib.governance.plugin import Clock, GovernancePlugin, Subjects
from constructs_lib.governance.rule import Subject

if TYPE_CHECKING:
    from aws_cdk.cx_api import CloudAssembly
    from constructs import IConstruct

    from constructs_lib.catalog import Catalog

_FAILED = "ValidationFailed: "


def govern(
    app: Stage,
    *,
    catalog: Catalog | None = None,
    clock: Clock = date.today,
    packs: bool = True,
    subjects: Subjects | None = None,
) -> None:
    """Judge everything of ``app`` at synthesis: by the rules of the library and, with ``packs``, by those of cdk-nag.

    It also acknowledges, one by one and each with its reason, the findings of cdk-nag that are right to stand on what
    the library builds, whether it is made before this call or after it. CDK's built-in validation of templates stays as
    the app has it.

    Args:
        app: the app, or one stage of it. The packs of cdk-nag judge the whole app even then.
        catalog: sizes and prices to judge by; the version that each declaration pins when absent.
        clock: what day it is, for approvals that expire.
        packs: whether cdk-nag's AwsSolutions and Serverless packs run as well.
        subjects: how the pipelines of the app are found; those that ``patterns`` made when absent.
    """
    plugins = Validations.of(app)
    plugins.add_plugins(GovernancePlugin(subjects or _pipelines(catalog, app.node.path), clock))
    if packs:
        from cdk_nag import AwsSolutionsChecks, ServerlessChecks

        from constructs_lib.governance.accepted import accept_known_findings

        accept_known_findings(app.node.root)
        plugins.add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))


def synthesize(app: App) -> CloudAssembly:
    """Synthesise an app; a failed validation ends the process with code 1 and the report instead of a traceback.

    Raises:
        SystemExit: the validation failed.
    """
    try:
        return app.synth()
    except RuntimeError as error:
        if _FAILED not in str(error):
            raise
        failed = str(error)
    _stop(failed.partition(_FAILED)[2])


def _stop(message: str) -> NoReturn:
    sys.exit(message)


def _pipelines(catalog: Catalog | None, scope: str) -> Subjects:
    """Return how the pipelines below a path are found: ``patterns`` keeps a register of those it made.

    A path and not the stage itself, because what is judged is always the app, and a kept construct would keep its app.
    """

    def find(root: IConstruct) -> Iterable[Subject]:
        from constructs_lib.catalog import load_catalog
        from constructs_lib.patterns.pipeline import PIPELINES

        for made in PIPELINES.below(root):
            path = made.node.path
            if not scope or path.startswith(f"{scope}/"):
                known = catalog or load_catalog(made.declaration.catalog)
                yield Subject(made.declaration, made.plan, known, path)

    return find
