"""Logger, Metrics and Tracer of Powertools, set up the same way in every function of the platform."""

from __future__ import annotations

import os
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from functions.contract.metric import NAMESPACE, PIPELINE_DIMENSION, SERVICE_DIMENSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import IO

TRACE_HEADER = "_X_AMZN_TRACE_ID"
TRACE_SWITCH = "POWERTOOLS_TRACE_DISABLED"
"""Powertools' own variable: ``true`` switches tracing off."""


def make_logger(pipeline: str, stage: str, service: str, stream: IO[str] | None = None) -> Logger:
    """Return the function's logger; its level comes from Powertools' own variable ``POWERTOOLS_LOG_LEVEL``."""
    logger = Logger(service=service, stream=stream)
    logger.append_keys(pipeline=pipeline, stage=stage)
    return logger


def make_metrics(pipeline: str, service: str) -> EphemeralMetrics:
    """Return metrics that belong to one function; they are written to the log in embedded metric format."""
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=service)
    metrics.set_default_dimensions(**{PIPELINE_DIMENSION: pipeline})
    return metrics


def flush_counts(metrics: EphemeralMetrics, counts: Mapping[Any, int], **dimensions: str) -> None:
    """Write one line of counts; with ``dimensions`` they count both in total and under these."""
    if dimensions:
        metrics.add_dimensions(**{SERVICE_DIMENSION: str(metrics.service)}, **dimensions)
    for name, count in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    metrics.flush_metrics()


class Tracing:
    """Subsegments of sampled invocations; an invocation that is not sampled does not pay for importing a tracer."""

    def __init__(self, service: str, environment: Mapping[str, str] | None = None) -> None:
        """``environment`` is read at every invocation, because Lambda changes the trace header there."""
        self._service = service
        self._environment = os.environ if environment is None else environment
        self._tracer: Any = None

    @property
    def sampled(self) -> bool:
        """Whether this invocation is traced."""
        if "Sampled=1" not in self._environment.get(TRACE_HEADER, ""):
            return False
        return self._environment.get(TRACE_SWITCH, "false").lower() not in ("true", "1")

    def segment(self, name: str, annotations: Mapping[str, str]) -> AbstractContextManager[None]:
        """Return a subsegment with annotations to search for, or nothing where the invocation is not sampled."""
        return self._subsegment(name, annotations) if self.sampled else nullcontext()

    @contextmanager
    def _subsegment(self, name: str, annotations: Mapping[str, str]) -> Iterator[None]:
        with self._ready().provider.in_subsegment(name) as segment:
            for key, value in annotations.items():
                segment.put_annotation(key=key, value=value)
            yield

    def _ready(self) -> Any:
        if self._tracer is None:
            from aws_lambda_powertools import Tracer

            self._tracer = Tracer(service=self._service, auto_patch=False)
            self._tracer.patch(modules=("botocore",))
        return self._tracer
