"""One faulty declaration for every code that a declaration can bring."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration import load_pipeline, parse_pipeline
from constructs_lib.declaration.folder import load_pipelines
from constructs_lib.errors import DeclarationError
from tests.declarations import fields, write_project
from tests.unit.declaration import bad_fan_out, bad_routes, bad_schedules, bad_workflows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.errors import Fault

HTTP = {"type": "http", "path": "/orders", "auth": {"type": "iam"}}
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:stock"
SYNC = {**HTTP, "mode": "sync"}
READ = {**SYNC, "method": "GET"}
RUNNER = {"handler": "handlers.orders:land_order"}
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
)
"""A billion values in nine lines."""


def _fan_in(**changes: Any) -> dict[str, Any]:
    group = {"group": ["body.order_id"], "part": "body.order_id", "expected": 4, **changes}
    return {"fan_in": {"handler": "handlers.orders:land_order", **group}}


def _stream(**changes: Any) -> dict[str, Any]:
    return {"source": {"type": "kinesis", **changes}, "tenant": None, "idempotency": None}


def _runner(**changes: Any) -> dict[str, Any]:
    return {"runner": {**RUNNER, **changes}}


def _auth(**changes: Any) -> dict[str, Any]:
    return {"source": {**HTTP, "auth": {"type": "hmac", "secret": "shop-key", **changes}}}


REQUESTS = {"type": "http", "url": "https://api.example.com/v1"}
TABLE: dict[str, Any] = {"type": "table", "name": "orders", "partition_key": "order_id"}
CHANGED: dict[str, dict[str, Any]] = {
    **bad_routes.CHANGED,
    **bad_fan_out.CHANGED,
    **bad_schedules.CHANGED,
    **bad_workflows.CHANGED,
    "back-pressure-without-queue": {"source": SYNC, "back_pressure": {"dependency": "raw-store"}},
    "dependency-unknown": {"back_pressure": {"dependency": "raw-stor"}},
    "recovery-timeout-out-of-range": {"back_pressure": {"dependency": "raw-store", "recovery_timeout": "16m"}},
    "threshold-above-attempts": {"back_pressure": {"dependency": "raw-store", "failure_threshold": 6}},
    "bus-exists-already": {
        "source": {"type": "event_bus", "pattern": {"source": ["shop"]}, "bus": "default", "create": True}
    },
    "archive-retention": {
        "source": {"type": "event_bus", "pattern": {"source": ["shop"]}, "archive": {"retention": "36h"}}
    },
    "iot-rule-wrong": {"source": {"type": "iot", "topic": "a/b", "sql": "SELECT * FROM 'a/b'"}},
    "pattern-wrong": {"source": {"type": "queue", "filter": {"body": {"kind": "order"}}}},
    "fifo-not-possible": {"source": SYNC, "queue": {"fifo": True}},
    "fifo-disagrees": {"source": {"type": "queue", "arn": QUEUE}, "queue": {"fifo": True}},
    "fifo-batch": {"source": {"type": "queue"}, "queue": {"fifo": True, "batch_size": 11}},
    "fifo-with-fan-in": {"source": {"type": "queue"}, "queue": {"fifo": True}, **_fan_in()},
    "group-key-missing": {"source": HTTP, "queue": {"fifo": True}},
    "group-key-unused": {"source": {"type": "queue"}, "queue": {"fifo": True, "group_key": "body.order_id"}},
    "deduplication-unused": {"queue": {"content_based_deduplication": True}},
    "pipeline-name-reserved": {"pipeline": "dependency"},
    "unknown-field": {"ownr": "a@example.com"},
    "field-missing": {"owner": None},
    "type-wrong": {"queue": {"batch_size": "10"}},
    "text-wrong": {"pipeline": "Shop Orders"},
    "length-wrong": {"retry": {"errors": []}},
    "number-out-of-range": {"retry": {"max_attempts": 0}},
    "value-unknown": {"data_class": "secret"},
    "value-not-scalar": {
        "overrides": [{"resource": "buffer", "property": "A", "value": [1], "reason": "because of a test"}]
    },
    "unit-wrong": {"queue": {"retention_period": "4 weeks"}},
    "date-wrong": {
        "approvals": [
            {
                "rule": "open-endpoint",
                "resource": "route",
                "ticket": "T-1",
                "approved_by": "a",
                "expires": "2027-02-30",
                "reason": "because of a test",
            }
        ]
    },
    "fan-in-timeout": _fan_in(timeout="8d"),
    "fan-in-beyond-cap": _fan_in(expected=101),
    "fan-in-without-queue": {**_fan_in(), "source": SYNC},
    "fan-in-without-raw": {**_fan_in(), "outputs": []},
    "kind-missing": {"outputs": [{}]},
    "kind-unknown": {"outputs": [{"type": "row"}]},
    "runner-class-elsewhere": _runner(**{"class": "container"}),
    "source-not-single": {"source": [HTTP, {"type": "queue"}]},
    "path-wrong": {"source": {**HTTP, "path": "/orders/{Shop}"}},
    "tolerance-wrong": _auth(tolerance="0s"),
    "path-parameter-unsafe": {"source": {**HTTP, "path": "/shops/{shop_id}"}},
    "environment-reserved": _runner(environment={"AWS_REGION": "eu-west-1"}),
    "tag-reserved": {"tags": {"aws:x": "y"}},
    "secret-name-wrong": _auth(secret="a secret"),
    "secret-is-a-value": _runner(secrets=["sk_live_51H8abcdefghij"]),
    "tenant-share-alone": {"tenant": {"id": "one", "max_share": 30}},
    "tenant-ambiguous": {"tenant": {"key": "path.shop_id", "id": "one"}},
    "catalog-unknown": {"catalog": "1999-01"},
    "size-unknown": _runner(size="huge"),
    "timeout-too-long": _runner(timeout="20m"),
    "concurrency-out-of-range": _runner(max_concurrency=1),
    "batch-too-large": {"queue": {"batch_size": 10_001, "max_batching_window": "1s"}},
    "batch-without-window": {"queue": {"batch_size": 11}},
    "stream-attempts-disagree": _stream(retry_attempts=4),
    "shards-beyond-concurrency": _stream(shards=2, parallelization_factor=3),
    "record-age-out-of-range": _stream(max_record_age="8d"),
    "source-stream-unclear": _stream(on_demand=False),
    "source-table-unclear": {"source": {"type": "dynamodb"}},
    "window-too-long": {"queue": {"max_batching_window": "6m"}},
    "visibility-too-short": {"queue": {"visibility_timeout": "179s"}},
    "visibility-too-long": {"queue": {"visibility_timeout": "13h"}},
    "retention-out-of-range": {"queue": {"dlq": {"retention_period": "15d"}}},
    "dlq-retention-too-short": {"queue": {"dlq": {"retention_period": "3d"}}},
    "queue-not-there": {"source": SYNC, "queue": {"batch_size": 5}},
    "large-body-unkept": {"source": {**HTTP, "mode": "sync", "large_bodies": True}},
    "response-not-awaited": {"source": {**HTTP, "response": {"schema": "schemas/order.json"}}},
    "read-needs-no-key": {"source": READ, "contract": None, "outputs": []},
    "read-writes": {"source": READ, "contract": None, "idempotency": None, "outputs": [{"type": "raw"}]},
    "read-without-body": {"source": READ, "idempotency": None, "outputs": []},
    "parameters-not-seen": {
        "contract": {"id": "order", "version": "1", "parameters": "schemas/order.json"},
        "source": HTTP,
    },
    "notification-of-others-bucket": {
        "source": {"type": "s3", "bucket": "supplier-files", "via": "notification"},
        "tenant": None,
        "contract": None,
        "idempotency": None,
    },
    "compression-of-parquet": {"outputs": [{"type": "raw", "format": "parquet", "compression": "gzip"}]},
    "library-not-locked": {"outputs": [{"type": "raw", "format": "parquet"}]},
    "key-template-wrong": {"outputs": [{"type": "s3", "key": "{date}/{name}"}]},
    "signature-needs-queue": {
        "source": {**SYNC, "auth": {"type": "hmac", "secret": "shop-webhook-key", "header": "X-S"}}
    },
    "timeout-outlasts-caller": {
        "source": SYNC,
        "runner": {"handler": "handlers.orders:land_order", "timeout": "30s"},
    },
    "attempts-disagree": {"queue": {"max_receive_count": 4}},
    "retry-delay-too-long": {"retry": {"max_delay": "13h"}},
    "retries-outlive-queue": {"retry": {"max_attempts": 1000}},
    "ttl-too-short": {"idempotency": {"key": ["body.order_id"], "ttl": "17d"}},
    "ledger-too-short": {"ledger": {"retention": "17d"}},
    "log-retention-wrong": {"observability": {"log_retention": "2d"}},
    "output-twice": {"outputs": [{"type": "raw"}, {"type": "raw"}]},
    "output-name-reserved": {"outputs": [{"type": "raw", "name": "class"}]},
    "output-exists-already": {"outputs": [{"type": "queue", "queue": "inbox", "fifo": True}]},
    "output-queue-times": {"outputs": [{"type": "queue", "delay": "16m"}]},
    "output-too-slow": {"outputs": [{**REQUESTS, "rate": {"per_second": 1}}]},
    "event-source-reserved": {"outputs": [{"type": "event_bus", "detail_type": "Done", "source": "aws.s3"}]},
    "http-timeout-wrong": {"outputs": [{**REQUESTS, "timeout": "2m"}]},
    "url-not-tls": {"outputs": [{"type": "http", "url": "http://api.example.com/"}]},
    "url-with-credentials": {"outputs": [{"type": "http", "url": "https://a:b@api.example.com/"}]},
    "url-wrong": {"outputs": [{"type": "http", "url": "https://10.0.0.1/"}]},
    "store-twice": {"stores": [TABLE, TABLE]},
    "store-name-reserved": {"stores": [{**TABLE, "name": "class"}]},
    "store-exists-already": {"stores": [{**TABLE, "table": "stock-items", "ttl": "gone"}]},
    "store-access-short": {"stores": [{"type": "bucket", "name": "files", "access": "write", "list": True}]},
    "table-keys-wrong": {"stores": [{**TABLE, "sort_key": "order_id"}]},
    "expiry-not-days": {"stores": [{"type": "bucket", "name": "files", "expire_after": "36h"}]},
    "key-missing": {"idempotency": None},
    "key-not-jmespath": {"idempotency": {"key": ["body.["]}},
    "key-from-transport": {"idempotency": {"key": ["message_id"]}},
    "key-not-in-record": {"idempotency": {"key": ["path.store"]}},
    "key-not-in-schema": {"idempotency": {"key": ["body.ordr_id"]}},
    "key-not-required": {"idempotency": {"key": ["body.total"]}},
    "schema-missing": {"contract": {"id": "order", "version": "1", "schema": "schemas/none.json"}},
    "code-missing": _runner(code="nowhere"),
    "handler-missing": _runner(handler="handlers.orders:land_ordr"),
    "requirements-missing": _runner(requirements="none.txt"),
}
"""What is changed in a valid declaration; None removes the field."""

TEXTS: dict[str, str] = {
    "file-empty": "# nothing\n",
    "not-yaml": "a: [1,",
    "several-documents": "a: 1\n---\nb: 2\n",
    "yaml-tag": "owner: !!python/object/apply:os.system ['true']\n",
    "yaml-alias": "a: &a [*a]\n",
    "nested-too-deep": "[" * 5000,
    "too-many-values": BOMB,
    "duplicate-key": "owner: a@example.com\nowner: b@example.com\n",
    "key-not-text": "1: a\n",
    "number-refused": "budget: { monthly_usd: .inf }\n",
    "not-a-mapping": "- pipeline: shop-orders\n",
}
"""Texts that are no declaration at all."""

FILES: dict[str, bytes] = {
    "schema-unreadable": b'{"type": ',
    "schema-wrong": b'{"type": "objekt"}',
    "schema-unsupported": b'{"type": "object", "unevaluatedProperties": false}',
    "schema-mark-unclear": b'{"type": "object", "properties": {"name": {"x-sensitve": true}}}',
    "handler-not-python": b"def land_order(:\n",
    "requirement-without-hash": b"iso4217==1.16.20260101\n",
}
"""Contents of a file that a valid declaration names."""
_PLACES = {"handler-not-python": "handlers/orders.py", "requirement-without-hash": "requirements.txt"}


def faults_of(call: Callable[[], object]) -> tuple[Fault, ...]:
    """Return the faults of what must be refused; empty when it is not."""
    try:
        call()
    except DeclarationError as error:
        return error.faults
    return ()


def from_text(text: str, folder: Path, file: str = "shop.yaml") -> tuple[Fault, ...]:
    """Return the faults of a text whose paths start from a complete project."""
    return faults_of(lambda: parse_pipeline(text, file=file, directory=write_project(folder)))


def from_fields(folder: Path, **changes: Any) -> tuple[Fault, ...]:
    """Return the faults of a valid declaration with changes."""
    return from_text(json.dumps(fields(**changes), indent=1), folder)


def from_named_file(code: str, folder: Path) -> tuple[Fault, ...]:
    """Return the faults of a valid declaration that names a faulty file."""
    text = json.dumps(fields(runner={**RUNNER, "requirements": "requirements.txt"}))
    write_project(folder)
    (folder / "requirements.txt").write_text("")
    (folder / _PLACES.get(code, "schemas/order.json")).write_bytes(FILES[code])
    return faults_of(lambda: parse_pipeline(text, directory=folder))


def _written(folder: Path, content: bytes, name: str = "shop.yaml") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def _twice(folder: Path) -> Path:
    for name in ("a.json", "b.json"):
        (write_project(folder) / name).write_text(json.dumps(fields()))
    return folder


def _catalog(folder: Path, text: str) -> Path:
    return _written(folder, text.encode(), "catalog.yaml")


def shipped_catalog() -> str:
    """Return the text of the catalogue that comes with the library."""
    from constructs_lib.catalog.loader import DEFAULT_VERSION, FOLDER

    return (FOLDER / f"{DEFAULT_VERSION}.yaml").read_text(encoding="utf-8")


def _load_catalog(path: Path) -> object:
    from constructs_lib.catalog import load_catalog

    return load_catalog(path=path)


CALLS: dict[str, Callable[[Path], object]] = {
    **bad_routes.CALLS,
    **bad_fan_out.CALLS,
    "file-missing": lambda folder: load_pipeline(folder / "none.yaml"),
    "file-is-directory": load_pipeline,
    "file-unreadable": lambda _folder: load_pipeline("shop\0.yaml"),
    "file-too-large": lambda folder: load_pipeline(_written(folder, b"#" * 5_000_000)),
    "not-utf8": lambda folder: load_pipeline(_written(folder, b"owner: caf\xe9\n")),
    "not-json": lambda folder: load_pipeline(_written(folder, b"owner: a", "shop.json")),
    "folder-empty": load_pipelines,
    "pipeline-name-taken": lambda folder: load_pipelines(_twice(folder)),
    "value-wrong": lambda _folder: parse_pipeline('{"description": "\\ud83d"}', file="shop.json"),
    "catalog-wrong": lambda folder: _load_catalog(_catalog(folder, "version: 1")),
    "size-beyond-limits": lambda folder: _load_catalog(
        _catalog(folder, shipped_catalog().replace("memory: 3008", "memory: 20480"))
    ),
}
"""Calls with faulty files."""


def provoke(code: str, folder: Path) -> tuple[Fault, ...]:
    """Return the faults of the example for a code."""
    if code in TEXTS:
        return from_text(TEXTS[code], folder)
    if code in FILES:
        return from_named_file(code, folder)
    if code in CALLS:
        return faults_of(lambda: CALLS[code](folder))
    return from_fields(folder, **CHANGED[code])
