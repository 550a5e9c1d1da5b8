"""What steps may take, reach and hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.declaration.bad_workflows import JOB, LISTED, MAP, READ, SYNC, TABLE, task, wait
from tests.unit.declaration.workflow.judged import faults, found

if TYPE_CHECKING:
    from pathlib import Path

GATE = {"type": "approval", "name": "gate", "message": "ok?", "timeout": "30m"}
BUCKET: dict[str, Any] = {"type": "bucket", "name": "files", "access": "read_write", "list": True}
RESULTS = {**READ, "results": {"store": "files"}}
SEND = {"type": "send", "name": "tell", "output": "packing"}
UNDO = {"handler": "handlers.steps:refund_card"}


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        ([task(timeout="15m", size="medium", retry={"interval": "1s", "max_delay": "2s"})], {}),
        ([task(callback=True, timeout="40m", heartbeat="5m")], {}),
        ([JOB, GATE, wait(duration="1h")], {}),
        ([wait(seconds=5), {**wait(until="2026-12-01T06:00:00Z"), "name": "two"}], {}),
        ([task(outputs=["raw"], stores=["files"], undo={**UNDO, "stores": ["files"]})], {"stores": [BUCKET]}),
        ([SEND], {"outputs": [{"type": "queue", "name": "packing"}]}),
        ([RESULTS], {"stores": [BUCKET]}),
        ([{**READ, "max_items": 10**6, "max_concurrency": 1000, "collect": False}], {"stores": [BUCKET]}),
        ([{**LISTED, "max_concurrency": 40, "max_items": 512}], {}),
        ([task()], {"source": SYNC, "workflow": {"type": "express", "timeout": "20s"}}),
    ],
)
def test_what_fits_is_sound(tmp_path: Path, given: list[dict[str, Any]], changes: dict[str, Any]) -> None:
    assert found(tmp_path, *given, **changes) == set()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (task(timeout="16m"), "timeout-too-long [0].timeout"),
        (task(timeout="0s"), "number-out-of-range [0].timeout"),
        (task(undo={**UNDO, "size": "smal"}), "size-unknown [0].undo.size"),
        (task(undo={**UNDO, "outputs": ["rw"]}), "output-unknown [0].undo.outputs[0]"),
        (task(undo={**UNDO, "retry": {"interval": "0s"}}), "step-retry-wrong [0].undo.retry.interval"),
        ({**GATE, "timeout": "61m"}, "step-outlasts-workflow [0].timeout"),
        ({**JOB, "timeout": "2h"}, "step-outlasts-workflow [0].timeout"),
        (wait(duration="61m"), "step-outlasts-workflow [0].duration"),
        (wait(duration="1m", seconds=3), "wait-unclear [0]"),
        (wait(seconds="soon"), "wait-wrong [0].seconds"),
        (wait(until="2026-12-01T06:00:00"), "wait-wrong [0].until"),
        ({**LISTED, "results": {"store": "files"}}, "map-distributed-only [0].results"),
        ({**LISTED, "source": READ["source"]}, "map-items-unclear [0].source"),
        ({**MAP, "items": "lines"}, "map-items-unclear [0].items"),
        ({**LISTED, "max_items": 513}, "state-too-large [0].max_items"),
        ({**SEND, "output": "rw"}, "output-unknown [0].output"),
        ({**READ, "source": {"format": "csv"}}, "store-unknown [0].source.store"),
        (task(handler="handlers.steps:charge_crd"), "handler-missing [0].handler"),
        (task(undo={"handler": "handlers.none:x"}), "handler-missing [0].undo.handler"),
        (task(catch=[{"errors": ["State.Timeout"], "next": "one"}]), "error-unknown [0].catch[0].errors[0]"),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(tmp_path: Path, given: dict[str, Any], told: str) -> None:
    assert told in found(tmp_path, given)


@pytest.mark.parametrize(
    ("store", "code"),
    [
        ({**BUCKET, "access": "read"}, "store-access-short [0].results.store"),
        ({**BUCKET, "access": "write", "list": False}, "store-access-short [0].source.store"),
        (TABLE, "store-not-bucket [0].source.store"),
    ],
)
def test_a_map_needs_a_bucket_with_the_right_access(tmp_path: Path, store: dict[str, Any], code: str) -> None:
    assert code in found(tmp_path, RESULTS, stores=[store])


def test_a_listing_needs_a_bucket_that_may_be_listed(tmp_path: Path) -> None:
    listing = {**READ, "source": {"format": "listing", "store": "files", "key": "in/"}}
    told = found(tmp_path, listing, stores=[{**BUCKET, "access": "read", "list": False}])
    assert told == {"store-access-short [0].source.store"}
    assert found(tmp_path, listing, stores=[BUCKET]) == set()


@pytest.mark.parametrize("step", [JOB, GATE, task(callback=True, timeout="1m"), {"type": "workflow", "name": "sub"}])
def test_what_waits_for_somebody_needs_a_standard_workflow(tmp_path: Path, step: dict[str, Any]) -> None:
    given = {**step, "timeout": "1m", **({"pipeline": "invoices"} if step["type"] == "workflow" else {})}
    assert found(tmp_path, given, workflow={"type": "express", "timeout": "5m"}) == {"express-unfit [0]"}
    assert found(tmp_path, given) == set()


def test_an_answer_comes_before_the_gateway_gives_up(tmp_path: Path) -> None:
    told = found(tmp_path, task(), source=SYNC, workflow={"type": "express", "timeout": "1m"})
    assert told == {"timeout-outlasts-caller timeout"}


def test_many_results_at_once_are_more_than_a_state_holds(tmp_path: Path) -> None:
    many = [task(f"s{number}") for number in range(16)]
    reads = ", ".join(f"$s{number}" for number in range(16))
    (fault,) = faults(tmp_path, *many, task("all", input=f"{{% [{reads}] %}}"))
    assert (fault.code, fault.path) == ("state-too-large", "workflow.steps[16].input")
    few = ", ".join(f"$s{number}" for number in range(8))
    assert found(tmp_path, *many, task("all", input=f"{{% [{few}] %}}")) == set()


def test_names_that_a_module_says_are_raised_somewhere(tmp_path: Path) -> None:
    (tmp_path / "handlers").mkdir()
    told = found(tmp_path, task(retry={"errors": ["GatewayBusy", "ValueError", "Throttled", "States.Timeout"]}))
    assert told == set()
    (fault,) = faults(tmp_path, task(retry={"errors": ["ValueEror"]}))
    assert fault.fix == "did you mean ValueError?"
    (fault,) = faults(tmp_path, task(retry={"errors": ["States.Timeot"]}))
    assert fault.fix == "did you mean States.Timeout?"


def test_folders_and_requirements_are_those_of_the_workflow(tmp_path: Path) -> None:
    assert found(tmp_path, task(), workflow={"code": "nowhere"}) == {"code-missing code"}
    assert found(tmp_path, task(), workflow={"requirements": "none.txt"}) == {"requirements-missing requirements"}
