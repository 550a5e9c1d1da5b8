"""The CDK app: the declarations in ``pipelines/``, one stack for each or for those of one api, under governance.

It alone reads the environment and the CDK context: ``stage`` (dev), ``target`` (lambda, or host for a run on this
machine) and ``pipelines`` (a folder or file).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from aws_cdk import App, Environment

from constructs_lib import Bundler, BundleTarget, PipelineStack, PlatformStack, govern, load_pipelines, synthesize
from constructs_lib.declaration import by_stack
from constructs_lib.errors import UserError


def build() -> App:
    """Return the app with every stack in it."""
    app = App()
    stage = app.node.try_get_context("stage") or "dev"
    bundler = Bundler(BundleTarget(app.node.try_get_context("target") or "lambda"))
    env = Environment(account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region=os.environ.get("CDK_DEFAULT_REGION"))
    shared = PlatformStack(app, f"platform-{stage}", stage=stage, bundler=bundler, env=env)
    declared = load_pipelines(Path(app.node.try_get_context("pipelines") or "pipelines"))
    for name, declarations in by_stack(declared).items():
        PipelineStack(app, f"{name}-{stage}", declarations, platform=shared.platform, bundler=bundler, env=env)
    govern(app)
    return app


if __name__ == "__main__":
    try:
        synthesize(build())
    except UserError as error:
        sys.exit(str(error))
