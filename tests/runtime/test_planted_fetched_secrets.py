"""Secrets that a handler has fetched and says everywhere: what a run emits holds none of them, for any data class."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from functions.contract.message import CORRELATION_ID
from functions.runtime import Permanent, Recoverable, Run, Throttled
from functions.runtime.telemetry import TRACE_HEADER, Tracing
from tests.runtime.fakes import World, contract, put
from tests.runtime.test_planted_secrets import emitted
from tests.runtime.test_telemetry import SAMPLED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from functions.runtime.services import Services

TOKEN = 'pl4nted "to\\ken" ünd/more'
PASSWORD, PIN = "h1dden-passw0rd", 48151623
DATABASE = json.dumps({"user": "root", "password": PASSWORD, "more": [{"pin": PIN}]})
PLANTED = (
    TOKEN,
    json.dumps(TOKEN)[1:-1],
    json.dumps(json.dumps(TOKEN))[3:-3],
    repr(TOKEN)[1:-1],
    quote(TOKEN, safe=""),
    base64.b64encode(TOKEN.encode()).decode(),
    PASSWORD,
    base64.b64encode(PASSWORD.encode()).decode(),
    str(PIN),
)
SCHEMA = {"type": "object", "properties": {"order_id": {"type": "string"}, "fails": {}}}
DATA_CLASSES = ["public", "internal", "confidential", "restricted"]


@dataclass
class FakeSegment:
    """A segment as the X-Ray SDK keeps it."""

    name: str
    annotations: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    http: dict[str, Any] = field(default_factory=dict)
    cause: dict[str, Any] = field(default_factory=dict)
    subsegments: list[FakeSegment] = field(default_factory=list)

    def put_annotation(self, key: str, value: Any) -> None:
        self.annotations[key] = value


@dataclass
class Thrown:
    message: str


@dataclass
class FakeTracer:
    """Records what a tracer would send when a segment ends."""

    segments: list[FakeSegment] = field(default_factory=list)

    @property
    def provider(self) -> FakeTracer:
        return self

    @contextmanager
    def in_subsegment(self, name: str) -> Iterator[FakeSegment]:
        self.segments.append(FakeSegment(name))
        yield self.segments[-1]


class TracedWorld(World):
    """A pipeline of which every invocation is sampled."""

    tracer: FakeTracer

    def services(self) -> Services:
        services = super().services()
        tracing = Tracing("test", services.redactor, {TRACE_HEADER: SAMPLED}, lambda service: self.tracer)
        return replace(services, tracing=tracing)


def all_of(run: Run) -> str:
    return f"{run.secrets['crm-token']} {run.secrets['database']}"


def chained(run: Run) -> None:
    try:
        raise KeyError(run.secrets["crm-token"])
    except KeyError as error:
        error.add_note(f"noted {PASSWORD}")
        raise RuntimeError(f"login {PIN}") from error


class Broken:
    def __str__(self) -> str:
        raise ValueError(TOKEN)


def log(run: Run) -> None:
    run.logger.info("with %s", all_of(run))
    run.logger.warning({"nested": [{"in": all_of(run)}, (PIN, TOKEN)]}, extra={TOKEN: {"a": {PASSWORD: object}}})
    run.logger.error(json.dumps({"token": TOKEN}), extra={"url": f"https://x/?t={quote(TOKEN, safe='')}", "pin": PIN})
    run.logger.append_keys(kept=TOKEN)
    run.logger.info("broken", extra={"value": Broken()})
    try:
        chained(run)
    except RuntimeError:
        run.logger.exception(base64.b64encode(f"root:{PASSWORD}".encode()).decode())


def measure(run: Run) -> None:
    run.metrics.add_dimension(name="who", value=all_of(run)[:200])
    run.metrics.add_metadata(key=PASSWORD, value={"header": f"Bearer {TOKEN}"})
    run.metrics.add_metric(name=f"Calls {PASSWORD}", unit="Count", value=1)


def raise_from(make: Callable[[str], BaseException]) -> Callable[[Run], None]:
    def fail(run: Run) -> None:
        raise make(all_of(run))

    return fail


ACTS: dict[str, Callable[[Run], None]] = {
    "log": log,
    "measure": measure,
    "chained": chained,
    "value": raise_from(ValueError),
    "permanent": raise_from(Permanent),
    "recoverable": raise_from(lambda text: Recoverable({"token": [TOKEN, PASSWORD]})),
    "throttled": raise_from(Throttled),
    "exit": raise_from(SystemExit),
    "type": raise_from(lambda text: type(f"Odd{TOKEN}{PASSWORD}", (Exception,), {})("x")),
    "group": raise_from(lambda text: ExceptionGroup(text, [ValueError(text)])),
}


def handler(order: Any, run: Run) -> None:
    assert all_of(run)
    ACTS[order["act"]](run)
    put(order, run)


def everything(data_class: str, folder: Path) -> TracedWorld:
    (folder / "order.json").write_text(json.dumps(SCHEMA))
    names = ("crm-token", "database")
    world = TracedWorld(handler, data_class=data_class, contract=contract(), source="queue", secrets=names)
    world.secrets = {"crm-token": TOKEN, "database": DATABASE}
    world.folder, world.tracer = folder, FakeTracer()
    world.send(*({"order_id": act, "act": act, "more": TOKEN, PASSWORD: 1} for act in ACTS), {"order_id": 5, TOKEN: 1})
    for message in world.sqs.queue(world.buffer):
        message.attributes[CORRELATION_ID] = {"DataType": "String", "StringValue": f"c-{PASSWORD}"}
    return world


def run_all(world: TracedWorld) -> None:
    """One record tells the secrets to the environment; what comes of the others is said after that."""
    for _ in range(60):
        if not world.sqs.queue(world.buffer):
            return
        world.clock.advance(1000)
        world.deliver(100)


@pytest.mark.parametrize("data_class", DATA_CLASSES)
def test_nothing_that_a_run_emits_holds_a_secret(
    data_class: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    world = everything(data_class, tmp_path)
    run_all(world)
    captured = capfd.readouterr()
    told = {**emitted(world, captured.out, captured.err), "traces": repr(world.tracer.segments)}
    told["dead letters"] = json.dumps([letter.attributes["failure"] for letter in world.dead_letters()])
    told["errors of the quarantine"] = json.dumps(
        [json.loads(body)["error"] for place, body in world.s3.objects.items() if "quarantine" in place]
    )
    found = [(name, secret) for name, text in told.items() for secret in PLANTED if secret in text]
    assert found == []
    assert "***" in told["log"]
    assert "Calls ***" in told["metrics"]
    assert told["errors of the quarantine"] != "[]"
    assert len(world.dead_letters()) == len(ACTS) - 2


def test_what_a_handler_puts_into_its_segment_is_clean_when_the_segment_ends() -> None:
    def traced(order: Any, run: Run) -> None:
        segment = world.tracer.segments[-1]
        segment.metadata["default"] = {"answer": [run.secrets["crm-token"]]}
        inner = FakeSegment(f"call {TOKEN}", http={"request": {"url": f"https://x/{quote(TOKEN, safe='')}"}})
        inner.cause = {"exceptions": [Thrown(f"refused {TOKEN}")]}
        segment.subsegments.append(inner)

    world = TracedWorld(traced, secrets=("crm-token",))
    world.secrets, world.tracer = {"crm-token": TOKEN}, FakeTracer()
    world.send({"order_id": "o-1"})
    world.deliver()
    (segment,) = world.tracer.segments
    assert not [secret for secret in PLANTED if secret in repr(segment)]
    assert segment.subsegments[0].cause["exceptions"][0].message == "refused ***"
    assert segment.annotations["run_id"]


def test_a_line_that_cannot_be_written_is_named_without_its_arguments(capfd: pytest.CaptureFixture[str]) -> None:
    def careless(order: Any, run: Run) -> None:
        run.logger.info(f"token {run.secrets['crm-token']}", extra={"value": Broken()})

    world = World(careless, secrets=("crm-token",))
    world.secrets = {"crm-token": PASSWORD}
    world.send({"order_id": "o-1"})
    world.deliver()
    captured = capfd.readouterr()
    assert PASSWORD not in captured.out + captured.err + world.log.getvalue()
    (line,) = world.logged()
    assert line["message"] == "log line dropped"
    assert "test_planted_fetched_secrets.py:" in line["error_place"]
