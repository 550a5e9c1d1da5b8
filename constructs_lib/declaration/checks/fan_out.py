"""Workers can be told apart, are bounded, and are given what can be shared out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.declaration.checks.identity import expression_faults
from constructs_lib.declaration.field_names import nearest
from constructs_lib.errors import Fault
from constructs_lib.model.reserved import SOURCE_STORE
from constructs_lib.model.units import duration_text, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject
    from constructs_lib.declaration.fan_out import Worker


def workers_differ(subject: Subject) -> Iterator[Fault]:
    """Every worker has a name of its own: its queue, its function and its parts are called by it."""
    seen: dict[str, int] = {}
    for place, worker, index in _workers(subject):
        first = seen.setdefault(worker.name, index)
        if first != index:
            found = f"a second {worker.name}; the first is fan_out.workers[{first}]"
            yield Fault("worker-twice", f"{place}.name", found, "each name once", "give it a name of its own")


def workers_reach_what_is_declared(subject: Subject) -> Iterator[Fault]:
    """Outputs and stores of a worker are among those of its pipeline."""
    declaration = subject.declaration
    outputs = [output.called for output in declaration.outputs]
    stores = [store.name for store in declaration.stores]
    stores += [SOURCE_STORE] if declaration.source.brings_store() else []
    for place, worker, _ in _workers(subject):
        yield from _unknown("outputs", worker.outputs, outputs, place)
        yield from _unknown("stores", worker.stores, stores, place)


def workers_are_sized(subject: Subject) -> Iterator[Fault]:
    """Size, timeout, cap, batch and window of a worker are such as the catalogue and its mapping take."""
    sizes, limits = subject.catalog.sizes, subject.catalog.limits
    for place, worker, _ in _workers(subject):
        if worker.size not in sizes:
            close = nearest(worker.size, sizes)
            fix = f"did you mean {close}?" if close else "choose one of them"
            found = f"{shown(worker.size)} is no size of the catalogue {subject.catalog.version}"
            yield Fault("size-unknown", f"{place}.size", found, ", ".join(sizes), fix)
        if worker.timeout is not None and not timedelta() < worker.timeout <= limits.lambda_timeout:
            code = "timeout-too-long" if worker.timeout > limits.lambda_timeout else "number-out-of-range"
            allowed = f"1s to {duration_text(limits.lambda_timeout)}"
            yield Fault(code, f"{place}.timeout", duration_text(worker.timeout), allowed, "split the work, or lower it")
        if not limits.sqs_min_concurrency <= worker.max_concurrency <= limits.sqs_max_concurrency:
            allowed = f"{limits.sqs_min_concurrency} to {limits.sqs_max_concurrency}"
            found = f"{worker.max_concurrency} batches at once"
            yield Fault("concurrency-out-of-range", f"{place}.max_concurrency", found, allowed, "change it")
        yield from _batch_faults(subject, place, worker)


def items_are_bounded(subject: Subject) -> Iterator[Fault]:
    """What is shared out one by one can be counted beforehand."""
    fan_out = subject.declaration.fan_out
    if fan_out is None:
        return
    if fan_out.items is None:
        for name in ("max_items", "batch_items"):
            if name in fan_out.model_fields_set:
                found, fix = f"{name} without items", f"remove {name}, or say in items which list is shared out"
                yield Fault("items-unclear", f"fan_out.{name}", found, f"{name} with items", fix)
        return
    yield from expression_faults(subject, fan_out.items, "fan_out.items")
    if fan_out.max_items is None:
        found, allowed = "is missing: one record could start any number of runs", "the most items of one record"
        yield Fault("items-unbounded", "fan_out.max_items", found, allowed, "add max_items")
    elif fan_out.batch_items > fan_out.max_items:
        found, allowed = f"{fan_out.batch_items} items together", f"at most max_items = {fan_out.max_items}"
        yield Fault("items-unclear", "fan_out.batch_items", found, allowed, "lower it")


def records_can_be_shared_out(subject: Subject) -> Iterator[Fault]:
    """Nobody waits for the workers, and nothing asks them to keep an order or to leave a dependency alone together."""
    declaration = subject.declaration
    if declaration.fan_out is None:
        return
    code = "fan-out-not-possible"
    allowed = "a source that queues its records, or a stream"
    if declaration.source.delivery() == "answer":
        found = "a caller waits for the answer, and workers give none"
        yield Fault(code, "source.mode", found, allowed, "leave mode out: the request is answered once it is queued")
    if declaration.fifo:
        found = "a FIFO queue, and workers work side by side"
        yield Fault(
            code, "queue.fifo", found, "a standard queue", "remove it, or give each worker a pipeline of its own"
        )
    if declaration.checkpoint is not None:
        found = "a cursor moves with what a handler answers, and the workers' answers come later"
        yield Fault(code, "checkpoint", found, "no checkpoint", "pull in one pipeline, and share out in another")
    if declaration.back_pressure is not None:
        found = "intake is slowed before the records are shared out, and the dependency is behind one of the workers"
        fix = "give the worker with the dependency a pipeline of its own that reads the topic"
        yield Fault(code, "back_pressure", found, "no back_pressure", fix)


def marked_items_stay_hidden(subject: Subject) -> Iterator[Fault]:
    """What the contract marks as sensitive is hidden in the texts of workers, too: a lone item has no contract."""
    declaration = subject.declaration
    fan_out, hidden = declaration.fan_out, declaration.data_class in ("confidential", "restricted")
    if fan_out is None or fan_out.items is None or hidden or not _marks(subject.schema):
        return
    found = f"items of records with x-sensitive fields, in the data class {declaration.data_class}"
    fix = "write data_class: confidential, so that no value of an item is seen outside its objects"
    yield Fault("items-marked", "fan_out.items", found, "items without marks, or a class that hides all", fix)


def _marks(schema: object) -> bool:
    if isinstance(schema, dict):
        return schema.get("x-sensitive") is True or any(map(_marks, schema.values()))
    return isinstance(schema, list) and any(map(_marks, schema))


def _workers(subject: Subject) -> Iterator[tuple[str, Worker, int]]:
    fan_out = subject.declaration.fan_out
    for index, worker in enumerate(fan_out.workers if fan_out else ()):
        yield f"fan_out.workers[{index}]", worker, index


def _unknown(kind: str, named: tuple[str, ...], declared: list[str], place: str) -> Iterator[Fault]:
    for index, name in enumerate(named):
        if name not in declared:
            close = nearest(name, declared)
            fix = f"did you mean {close}?" if close else f"declare it in {kind}, or remove it here"
            known = ", ".join(declared) or f"none: the pipeline declares no {kind}"
            code = "worker-output-unknown" if kind == "outputs" else "worker-store-unknown"
            yield Fault(code, f"{place}.{kind}[{index}]", f"{shown(name)} is not declared", known, fix)


def _batch_faults(subject: Subject, place: str, worker: Worker) -> Iterator[Fault]:
    limits, size, window = subject.catalog.limits, worker.batch_size, worker.max_batching_window
    if size > limits.sqs_batch_size:
        allowed = f"at most {limits.sqs_batch_size}"
        yield Fault("batch-too-large", f"{place}.batch_size", f"{size} messages", allowed, "lower it")
    if window > limits.sqs_batching_window:
        allowed = f"at most {duration_text(limits.sqs_batching_window)}"
        yield Fault("window-too-long", f"{place}.max_batching_window", duration_text(window), allowed, "lower it")
    small = limits.sqs_batch_size_without_window
    if size > small and window < timedelta(seconds=1):
        found = f"{size} messages without a window to collect them"
        allowed = f"at most {small}, or a window of at least 1s"
        yield Fault("batch-without-window", f"{place}.batch_size", found, allowed, "add max_batching_window: 1s")
