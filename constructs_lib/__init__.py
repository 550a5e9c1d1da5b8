"""Serverless data pipelines on AWS.

Public names are imported when they are used, so that validating a declaration starts no Node and imports no CDK.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.composition import plan_pipeline
    from constructs_lib.declaration import PipelineDeclaration, by_stack, load_pipeline, load_pipelines
    from constructs_lib.declaration.approval import Approval
    from constructs_lib.declaration.back_pressure import BackPressure
    from constructs_lib.declaration.budget import Budget
    from constructs_lib.declaration.checkpoint import Checkpoint
    from constructs_lib.declaration.contract import Contract
    from constructs_lib.declaration.fan_in import FanIn
    from constructs_lib.declaration.fan_out import FanOut, Worker
    from constructs_lib.declaration.idempotency import Idempotency
    from constructs_lib.declaration.ledger import Ledger
    from constructs_lib.declaration.observability import Observability
    from constructs_lib.declaration.override import Override
    from constructs_lib.declaration.queue import DeadLetterQueue, Queue
    from constructs_lib.declaration.retry import Retry
    from constructs_lib.declaration.tenant import Tenant
    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.event_sources.dynamodb import DynamodbSource
    from constructs_lib.event_sources.event_bus import EventArchive, EventBusSource
    from constructs_lib.event_sources.http import (
        ApiKey,
        Cors,
        Hmac,
        HttpSource,
        Iam,
        Jwt,
        NoAuth,
        Quota,
        Response,
        Throttle,
    )
    from constructs_lib.event_sources.iot import IotSource
    from constructs_lib.event_sources.kinesis import KinesisSource
    from constructs_lib.event_sources.queue import QueueSource
    from constructs_lib.event_sources.s3 import S3Source
    from constructs_lib.event_sources.schedule import ScheduleSource
    from constructs_lib.event_sources.topic import TopicFilter, TopicSource
    from constructs_lib.governance.acknowledge import acknowledge
    from constructs_lib.governance.attach import govern, synthesize
    from constructs_lib.model.table_keys import Index
    from constructs_lib.model.workflow_state import Catch, StepCode, StepRetry, Undo
    from constructs_lib.network_profiles.public import Public
    from constructs_lib.outputs.dynamodb import DynamoDb as DynamodbOutput
    from constructs_lib.outputs.event_bus import EventBus as EventBusOutput
    from constructs_lib.outputs.event_bus import EventContract
    from constructs_lib.outputs.http import Basic, Bearer, Header, Rate
    from constructs_lib.outputs.http import Http as HttpOutput
    from constructs_lib.outputs.queue import QueueOutput
    from constructs_lib.outputs.raw import Raw as RawOutput
    from constructs_lib.outputs.s3 import S3Output
    from constructs_lib.outputs.topic import TopicOutput
    from constructs_lib.patterns import (
        Bundler,
        BundleTarget,
        Encryption,
        EvidenceLock,
        LockMode,
        Pipeline,
        PipelineStack,
        Platform,
        PlatformReference,
        PlatformStack,
    )
    from constructs_lib.runner_classes.serverless import Serverless
    from constructs_lib.stores.bucket import Bucket as BucketStore
    from constructs_lib.stores.table import Table as TableStore
    from constructs_lib.workflow_states.approval import ApprovalStep
    from constructs_lib.workflow_states.choice import Case, Choice
    from constructs_lib.workflow_states.fail import Fail
    from constructs_lib.workflow_states.job import Job
    from constructs_lib.workflow_states.map import ItemResults, ItemSource, Map
    from constructs_lib.workflow_states.parallel import Parallel
    from constructs_lib.workflow_states.send import Send
    from constructs_lib.workflow_states.succeed import Succeed
    from constructs_lib.workflow_states.task import Task
    from constructs_lib.workflow_states.wait import Wait
    from constructs_lib.workflow_states.workflow import SubWorkflow

__all__ = [
    "ApiKey",
    "Approval",
    "ApprovalStep",
    "BackPressure",
    "Basic",
    "Bearer",
    "BucketStore",
    "Budget",
    "BundleTarget",
    "Bundler",
    "Case",
    "Catch",
    "Checkpoint",
    "Choice",
    "Contract",
    "Cors",
    "DeadLetterQueue",
    "DynamodbOutput",
    "DynamodbSource",
    "Encryption",
    "EventArchive",
    "EventBusOutput",
    "EventBusSource",
    "EventContract",
    "EvidenceLock",
    "Fail",
    "FanIn",
    "FanOut",
    "Header",
    "Hmac",
    "HttpOutput",
    "HttpSource",
    "Iam",
    "Idempotency",
    "Index",
    "IotSource",
    "ItemResults",
    "ItemSource",
    "Job",
    "Jwt",
    "KinesisSource",
    "Ledger",
    "LockMode",
    "Map",
    "NoAuth",
    "Observability",
    "Override",
    "Parallel",
    "Pipeline",
    "PipelineDeclaration",
    "PipelineStack",
    "Platform",
    "PlatformReference",
    "PlatformStack",
    "Public",
    "Queue",
    "QueueOutput",
    "QueueSource",
    "Quota",
    "Rate",
    "RawOutput",
    "Response",
    "Retry",
    "S3Output",
    "S3Source",
    "ScheduleSource",
    "Send",
    "Serverless",
    "StepCode",
    "StepRetry",
    "SubWorkflow",
    "Succeed",
    "TableStore",
    "Task",
    "Tenant",
    "Throttle",
    "TopicFilter",
    "TopicOutput",
    "TopicSource",
    "Undo",
    "Wait",
    "Worker",
    "Workflow",
    "acknowledge",
    "by_stack",
    "govern",
    "load_pipeline",
    "load_pipelines",
    "plan_pipeline",
    "synthesize",
]

_HOMES = {
    "composition": ("plan_pipeline",),
    "declaration": ("PipelineDeclaration", "by_stack", "load_pipeline", "load_pipelines"),
    "declaration.approval": ("Approval",),
    "declaration.back_pressure": ("BackPressure",),
    "declaration.budget": ("Budget",),
    "declaration.checkpoint": ("Checkpoint",),
    "declaration.contract": ("Contract",),
    "declaration.fan_in": ("FanIn",),
    "declaration.idempotency": ("Idempotency",),
    "declaration.ledger": ("Ledger",),
    "declaration.observability": ("Observability",),
    "declaration.override": ("Override",),
    "declaration.queue": ("DeadLetterQueue", "Queue"),
    "declaration.retry": ("Retry",),
    "declaration.tenant": ("Tenant",),
    "event_sources.dynamodb": ("DynamodbSource",),
    "event_sources.event_bus": ("EventArchive", "EventBusSource"),
    "event_sources.http": (
        "ApiKey",
        "Cors",
        "Hmac",
        "HttpSource",
        "Iam",
        "Jwt",
        "NoAuth",
        "Quota",
        "Response",
        "Throttle",
    ),
    "event_sources.iot": ("IotSource",),
    "event_sources.kinesis": ("KinesisSource",),
    "event_sources.queue": ("QueueSource",),
    "event_sources.s3": ("S3Source",),
    "event_sources.schedule": ("ScheduleSource",),
    "event_sources.topic": ("TopicFilter", "TopicSource"),
    "governance.acknowledge": ("acknowledge",),
    "governance.attach": ("govern", "synthesize"),
    "model.table_keys": ("Index",),
    "network_profiles.public": ("Public",),
    "outputs.dynamodb": ("DynamodbOutput",),
    "outputs.event_bus": ("EventBusOutput", "EventContract"),
    "outputs.http": ("Basic", "Bearer", "Header", "HttpOutput", "Rate"),
    "outputs.queue": ("QueueOutput",),
    "outputs.raw": ("RawOutput",),
    "outputs.s3": ("S3Output",),
    "outputs.topic": ("TopicOutput",),
    "runner_classes.serverless": ("Serverless",),
    "stores.bucket": ("BucketStore",),
    "stores.table": ("TableStore",),
    "declaration.fan_out": ("FanOut", "Worker"),
    "declaration.workflow": ("Workflow",),
    "model.workflow_state": ("Catch", "StepCode", "StepRetry", "Undo"),
    "workflow_states.approval": ("ApprovalStep",),
    "workflow_states.choice": ("Case", "Choice"),
    "workflow_states.fail": ("Fail",),
    "workflow_states.job": ("Job",),
    "workflow_states.map": ("ItemResults", "ItemSource", "Map"),
    "workflow_states.parallel": ("Parallel",),
    "workflow_states.send": ("Send",),
    "workflow_states.succeed": ("Succeed",),
    "workflow_states.task": ("Task",),
    "workflow_states.wait": ("Wait",),
    "workflow_states.workflow": ("SubWorkflow",),
}
"""Where public names live; constructs, which are all others, live in ``patterns``."""
_NAMED_THERE = {
    "BucketStore": "Bucket",
    "DynamodbOutput": "DynamoDb",
    "EventBusOutput": "EventBus",
    "HttpOutput": "Http",
    "RawOutput": "Raw",
    "TableStore": "Table",
}
"""What a name is called in its module, where that is another one: here outputs and stores say what they are."""
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_MODULE_OF.get(name, 'patterns')}")
    return getattr(module, _NAMED_THERE.get(name, name))


def __dir__() -> list[str]:
    return [*globals(), *__all__]
