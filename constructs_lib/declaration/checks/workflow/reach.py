"""A step reaches what the pipeline declares, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.declaration.field_names import nearest
from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.errors import Fault
from constructs_lib.model.reserved import SOURCE_STORE
from constructs_lib.stores.bucket import Bucket
from constructs_lib.workflow_states.map import Map
from constructs_lib.workflow_states.send import Send

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.declaration.checks.subject import Subject
    from constructs_lib.model.output import Output

SENDABLE = ("queue", "topic", "event_bus")
"""Types of outputs that a state machine sends to itself."""


def outputs_and_stores_are_declared(subject: Subject) -> Iterator[Fault]:
    """What a step's functions may reach is among the pipeline's outputs and stores."""
    outputs = [output.called for output in subject.declaration.outputs]
    stores = [store.name for store in subject.declaration.stores]
    for step in every_step(subject.declaration.workflow):
        for name, code in step.state.code().items():
            place = f"{step.place}.{name}" if name else step.place
            for index, output in enumerate(code.outputs):
                if output not in outputs:
                    yield _unknown("output-unknown", f"{place}.outputs[{index}]", output, outputs)
            for index, store in enumerate(code.stores):
                if store not in (*stores, SOURCE_STORE):
                    yield _unknown("store-unknown", f"{place}.stores[{index}]", store, stores)


def _unknown(code: str, path: str, name: str, known: Sequence[str]) -> Fault:
    part = "outputs" if code == "output-unknown" else "stores"
    close = nearest(name, known)
    fix = f"did you mean {close}?" if close else f"declare it under {part} of the pipeline"
    return Fault(code, path, f"{name} is not among the pipeline's {part}", ", ".join(known) or "none is declared", fix)


def sends_have_a_target(subject: Subject) -> Iterator[Fault]:
    """What is sent without a function goes to a queue, a topic or a bus of the declaration."""
    outputs: dict[str, Output] = {output.called: output for output in subject.declaration.outputs}
    usable = [name for name, output in outputs.items() if output.type in SENDABLE]
    for step in every_step(subject.declaration.workflow):
        if not isinstance(step.state, Send):
            continue
        place, name = f"{step.place}.output", step.state.output
        if name not in outputs:
            yield _unknown("output-unknown", place, name, usable)
        elif name not in usable:
            found = f"{name} is an output of type {outputs[name].type}"
            fix = "take a task, whose function can write to every output"
            yield Fault("send-output-wrong", place, found, f"an output of type {', '.join(SENDABLE)}", fix)
        elif getattr(outputs[name], "contract", None):
            found = f"{name} has a contract, which only a function can hold a value against"
            fix = "take a task that writes to it, or an output without a contract"
            yield Fault("send-output-wrong", place, found, "an output without a contract", fix)


def maps_have_a_bucket(subject: Subject) -> Iterator[Fault]:
    """Items are read from a bucket that may be read, and results written to one that may be written."""
    for step in every_step(subject.declaration.workflow):
        if isinstance(step.state, Map):
            source, results = step.state.source, step.state.results
            if source is not None:
                listing = source.format == "listing"
                yield from _bucket_faults(subject, f"{step.place}.source.store", source.store, "read", listing=listing)
            if results is not None:
                yield from _bucket_faults(subject, f"{step.place}.results.store", results.store, "write", listing=False)


def _bucket_faults(subject: Subject, path: str, name: str, access: str, *, listing: bool) -> Iterator[Fault]:
    if name == SOURCE_STORE:
        if access == "write" or subject.declaration.source.type != "s3":
            allowed = "a store of type bucket" + (", or the bucket of a source of type s3" if access == "read" else "")
            yield Fault("store-unknown", path, f"{name} is no bucket that can be used here", allowed, "name a store")
        return
    store = next((store for store in subject.declaration.stores if store.name == name), None)
    if store is None:
        buckets = [store.name for store in subject.declaration.stores if store.type == "bucket"]
        yield _unknown("store-unknown", path, name, buckets)
    elif not isinstance(store, Bucket):
        found = f"{name} is a store of type {store.type}"
        yield Fault("store-not-bucket", path, found, "a store of type bucket", "declare one")
    elif access not in store.access.split("_"):
        found = f"{name} has access: {store.access}"
        yield Fault("store-access-short", path, found, f"an access with {access} in it", f"add {access} to its access")
    elif listing and not store.list:
        found = f"{name} has no list: true"
        yield Fault("store-access-short", path, found, "a bucket that may be listed", "add list: true to the store")
