"""Stacks for those who want one stack per pipeline and one for what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Environment, Stack

from constructs_lib.declaration.pipeline import PipelineDeclaration
from constructs_lib.patterns.functions import construct_id
from constructs_lib.patterns.pipeline import Pipeline
from constructs_lib.patterns.platform import Encryption, Platform, PlatformReference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from constructs_lib.catalog import Catalog
    from constructs_lib.patterns.buckets import EvidenceLock
    from constructs_lib.patterns.bundling import Bundler


class PlatformStack(Stack):
    """The platform of one account and environment in a stack of its own."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str = "pipelines",
        stage: str = "dev",
        encryption: Encryption = Encryption.AWS_OWNED,
        evidence_lock: EvidenceLock | None = None,
        bundler: Bundler | None = None,
        env: Environment | None = None,
    ) -> None:
        """Make the stack; ``platform`` holds every shared resource."""
        super().__init__(scope, id, env=env)
        self.platform = Platform(
            self,
            "Platform",
            name=name,
            stage=stage,
            encryption=encryption,
            evidence_lock=evidence_lock,
            bundler=bundler,
        )


class PipelineStack(Stack):
    """One pipeline in a stack of its own, or several that share an API; deployed after the platform, exports nothing.

    Attributes:
        pipeline: the pipeline, the first where there are several.
        pipelines: all of them by their names.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        declaration: PipelineDeclaration | Sequence[PipelineDeclaration],
        *,
        platform: Platform | PlatformReference | None = None,
        stage: str = "dev",
        catalog: Catalog | None = None,
        bundler: Bundler | None = None,
        env: Environment | None = None,
    ) -> None:
        """Make the stack; each pipeline holds its resources.

        Raises:
            PlanError: ``route-taken``, ``cors-differs`` or ``api-split``: the pipelines cannot share their API.
            DeclarationError: the declaration cannot be planned.
            BundleError: the user's code or dependencies cannot be packaged.
        """
        declared = (declaration,) if isinstance(declaration, PipelineDeclaration) else tuple(declaration)
        said = declared[0].description if len(declared) == 1 else ""
        super().__init__(scope, id, env=env, description=said or None)
        self.pipelines: dict[str, Pipeline] = {}
        for one in declared:
            name = "Pipeline" if len(declared) == 1 else construct_id(one.pipeline)
            self.pipelines[one.pipeline] = Pipeline(
                self, name, one, platform=platform, stage=stage, catalog=catalog, bundler=bundler
            )
        self.pipeline = self.pipelines[declared[0].pipeline]
