"""Logger, Metrics and Tracer of Powertools, set up the same way in every function of the platform."""

from __future__ import annotations

import json
import logging
import os
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from functions.contract.metric import NAMESPACE, PIPELINE_DIMENSION, SERVICE_DIMENSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import IO

    from functions.runtime.redactor import Redactor

TRACE_HEADER = "_X_AMZN_TRACE_ID"
TRACE_SWITCH = "POWERTOOLS_TRACE_DISABLED"
"""Powertools' own variable: ``true`` switches tracing off."""


def name_place(handler: logging.StreamHandler[Any], record: logging.LogRecord) -> None:
    """Stand in for a line that cannot be written: Python itself would print its arguments, whatever they hold."""
    line = {"level": "ERROR", "message": "log line dropped", "error_place": f"{record.pathname}:{record.lineno}"}
    handler.stream.write(json.dumps(line) + handler.terminator)


class Metrics(EphemeralMetrics):
    """Powertools' metrics behind the redactor."""

    redactor: Redactor

    def serialize_metric_set(self, *args: Any, **kwargs: Any) -> Any:
        """Return what is written, without secrets in names, dimensions and metadata."""
        return self.redactor.tree(super().serialize_metric_set(*args, **kwargs))


def make_logger(pipeline: str, stage: str, service: str, redactor: Redactor, stream: IO[str] | None = None) -> Logger:
    """Return the function's logger; its level comes from Powertools' own variable ``POWERTOOLS_LOG_LEVEL``.

    Loggers of one service share one formatter, which belongs to the redactor that was given last.
    """
    logger = Logger(service=service, stream=stream)
    logger.append_keys(pipeline=pipeline, stage=stage)
    redactor.vouch(pipeline=pipeline, stage=stage, service=service)
    handler: Any = logger.registered_handler
    handler.formatter.json_serializer = redactor.line
    handler.handleError = partial(name_place, handler)
    return logger


def make_metrics(pipeline: str, service: str, redactor: Redactor) -> EphemeralMetrics:
    """Return metrics that belong to one function; they are written to the log in embedded metric format."""
    metrics = Metrics(namespace=NAMESPACE, service=service)
    metrics.redactor = redactor
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

    def __init__(
        self,
        service: str,
        redactor: Redactor,
        environment: Mapping[str, str] | None = None,
        make_tracer: Callable[[str], Any] | None = None,
    ) -> None:
        """``environment`` is read at every invocation, because Lambda changes the trace header there."""
        self._service = service
        self._redactor = redactor
        self._environment = os.environ if environment is None else environment
        self._make_tracer = make_tracer or _powertools_tracer
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
            try:
                yield
            finally:
                self._redactor.clean(segment)

    def _ready(self) -> Any:
        if self._tracer is None:
            self._tracer = self._make_tracer(self._service)
        return self._tracer


def _powertools_tracer(service: str) -> Any:
    from aws_lambda_powertools import Tracer

    tracer = Tracer(service=service, auto_patch=False)
    tracer.patch(modules=("botocore",))
    return tracer
