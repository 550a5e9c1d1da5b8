"""One faulty workflow for every code that a workflow can bring."""

from __future__ import annotations

from typing import Any

HANDLER = "handlers.steps:charge_card"
ITEM = {"type": "succeed", "name": "item_done"}
MAP: dict[str, Any] = {"type": "map", "name": "lines", "max_items": 10, "max_concurrency": 2, "steps": [ITEM]}
LISTED = {**MAP, "items": "{% $record.body.lines %}"}
READ = {**MAP, "mode": "distributed", "source": {"format": "csv", "store": "files", "key": "a.csv"}}
JOB = {"type": "job", "name": "job", "start": {"handler": HANDLER}, "check": {"handler": HANDLER}, "timeout": "1m"}
SYNC = {"type": "http", "path": "/shops/{shop_id}/orders", "auth": {"type": "iam"}, "mode": "sync"}


def task(name: str = "one", **fields: Any) -> dict[str, Any]:
    """Return a task."""
    return {"type": "task", "name": name, "handler": HANDLER, **fields}


def steps(*given: dict[str, Any], **workflow: Any) -> dict[str, Any]:
    """Return what is changed in a valid declaration to have these steps in the place of a runner."""
    return {"runner": None, "workflow": {"timeout": "1h", "steps": list(given), **workflow}}


def wait(**fields: Any) -> dict[str, Any]:
    """Return a wait."""
    return {"type": "wait", "name": "pause", **fields}


def choice(to: str, default: str) -> dict[str, Any]:
    """Return a choice between two steps."""
    return {"type": "choice", "name": "which", "cases": [{"when": "{% true %}", "next": to}], "default": default}


def reads(expression: str) -> dict[str, Any]:
    """Return a workflow of one step whose input is an expression."""
    return steps(task(input=f"{{% {expression} %}}"))


BUCKET = {"type": "bucket", "name": "files"}
TABLE = {"type": "table", "name": "files", "partition_key": "id"}
BRANCHES = {"left": [task("inner")], "right": [task("other")]}
UNDONE = task("inner", undo={"handler": HANDLER})
PARALLEL = {"type": "parallel", "name": "both", "branches": BRANCHES}
GROUP = {"group": ["body.order_id"], "part": "body.order_id", "expected": 4, "handler": HANDLER}
TICK = {"source": {"type": "schedule", "rate": "1h"}, "contract": None, "tenant": None}
CHANGED: dict[str, dict[str, Any]] = {
    "handling-unclear": {"runner": None},
    "step-name-reserved": steps({"type": "succeed", "name": "record"}),
    "step-twice": steps(task(), task()),
    "step-unknown": steps(task(next="tow"), task("two")),
    "step-unreachable": steps(task(end=True), task("two")),
    "loop-without-exit": steps(task(), choice("one", "one")),
    "end-with-next": steps(task(end=True, next="two"), task("two")),
    "next-unused": steps({"type": "succeed", "name": "done", "end": True}),
    "wait-unclear": steps(wait()),
    "wait-wrong": steps(wait(until="tomorrow")),
    "map-items-unclear": steps(MAP),
    "map-inline-limit": steps({**LISTED, "max_concurrency": 41}),
    "map-distributed-only": steps({**LISTED, "batch_size": 5}),
    "output-unknown": steps(task(outputs=["row"])),
    "store-unknown": steps(task(stores=["stock"])),
    "store-not-bucket": {**steps(READ), "stores": [TABLE]},
    "send-output-wrong": steps({"type": "send", "name": "tell", "output": "raw"}),
    "workflow-timeout-wrong": steps(task(), timeout="366d"),
    "express-too-long": steps(task(), type="express", timeout="6m"),
    "express-unfit": steps(JOB, type="express", timeout="5m"),
    "callback-without-timeout": steps(task(callback=True)),
    "heartbeat-unused": steps(task(heartbeat="1m")),
    "heartbeat-wrong": steps(task(callback=True, timeout="5m", heartbeat="5m")),
    "step-outlasts-workflow": steps(wait(duration="2h")),
    "step-retry-wrong": steps(task(retry={"interval": "10m"})),
    "retry-with-undo": steps({**PARALLEL, "branches": {**BRANCHES, "left": [UNDONE]}, "retry": {"max_attempts": 2}}),
    "workflow-cannot-answer": {**steps(task()), "source": SYNC},
    "fan-in-with-workflow": {**steps(task()), "fan_in": GROUP},
    "checkpoint-with-workflow": {**steps(task()), **TICK, "checkpoint": {"cursor": "since", "initial": "0"}},
    "jsonata-wrong": reads("$record.("),
    "expression-in-text": steps(task(input="order {% $record.body.order_id %}")),
    "expression-without-variable": reads("body.total"),
    "function-unknown": reads("$summ($record.body.totals)"),
    "variable-unknown": reads("$recrod.body"),
    "variable-not-set": reads("$error.cause"),
    "variable-out-of-scope": steps(PARALLEL, task(input="{% $inner %}")),
    "variable-field-unknown": reads("$record.bdy"),
    "error-unknown": steps(task(retry={"errors": ["Permanant"]})),
    "state-too-large": steps({**LISTED, "max_items": 2000}),
}
"""What is changed in a valid declaration; None removes the field."""
