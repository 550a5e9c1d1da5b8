"""The declaration of a pipeline: model, loader, checks and JSON Schema; imports neither CDK nor Node."""

from constructs_lib.declaration.folder import load_pipelines
from constructs_lib.declaration.loader import load_pipeline, parse_pipeline
from constructs_lib.declaration.pipeline import PipelineDeclaration, manifest_hash
from constructs_lib.declaration.sharing import by_stack

__all__ = ["PipelineDeclaration", "by_stack", "load_pipeline", "load_pipelines", "manifest_hash", "parse_pipeline"]
