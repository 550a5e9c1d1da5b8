"""CDK constructs: the platform that pipelines share, a pipeline, and a stack of one pipeline."""

from constructs_lib.patterns.buckets import EvidenceLock, LockMode
from constructs_lib.patterns.bundling import Bundler, BundleTarget
from constructs_lib.patterns.pipeline import Pipeline
from constructs_lib.patterns.platform import Encryption, Platform, PlatformReference
from constructs_lib.patterns.stack import PipelineStack, PlatformStack

__all__ = [
    "BundleTarget",
    "Bundler",
    "Encryption",
    "EvidenceLock",
    "LockMode",
    "Pipeline",
    "PipelineStack",
    "Platform",
    "PlatformReference",
    "PlatformStack",
]
