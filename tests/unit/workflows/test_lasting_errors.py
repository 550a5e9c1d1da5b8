"""An error that no retry cures is caught by its name at once; only a retry that names it tries it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.workflows import workflow_run
from functions.runtime.errors import Permanent, Recoverable

if TYPE_CHECKING:
    from pathlib import Path

    from functions.runtime import Run

HANDLERS = """
from functions.runtime import Permanent, Run, runner


class Declined(Permanent): ...


@runner
def pay(order: dict, run: Run) -> None:
    raise Declined("never")


@runner
def cancel(error: dict, run: Run) -> dict:
    return error
"""
DECLARATION = """
version: 1
pipeline: checkout
owner: shop@example.com
source: { type: queue }
idempotency: { key: [body.order_id] }
workflow:
  timeout: 1h
  steps:
    - type: parallel
      name: both
      branches:
        payment:
          - { type: task, name: pay, handler: "steps:pay", timeout: 30s, retry: RETRY }
        nothing:
          - { type: wait, name: rest, duration: 1s }
      catch: [{ errors: [Declined], next: cancel }]
      end: true
    - { type: task, name: cancel, handler: "steps:cancel", timeout: 30s, input: "{% $error %}" }
"""


def declared(folder: Path, retry: str) -> Path:
    (folder / "steps.py").write_text(HANDLERS)
    (folder / "checkout.yaml").write_text(DECLARATION.replace("RETRY", retry))
    return folder / "checkout.yaml"


def tries(file: Path, base: type[Exception]) -> tuple[int, Any]:
    made = type("Declined", (base,), {})
    tried: list[int] = []

    def pay(_order: Any, run: Run) -> None:
        tried.append(run.attempt)
        raise made("no")

    run = workflow_run(file, {"order_id": "o-1"}, handlers={"pay": pay})
    return len(tried), run.output["error"]


@pytest.mark.parametrize(
    ("retry", "base", "expected"),
    [
        ("{ max_attempts: 3 }", Permanent, 1),
        ("{ max_attempts: 3 }", Recoverable, 3),
        ("{ max_attempts: 3 }", Exception, 3),
        ("{ max_attempts: 3, errors: [Declined] }", Permanent, 3),
        ("{ max_attempts: 3, errors: [Other] }", Recoverable, 1),
    ],
)
def test_what_no_retry_cures_is_tried_once_and_caught_by_its_name(
    tmp_path: Path, retry: str, base: type[Exception], expected: int
) -> None:
    assert tries(declared(tmp_path, retry), base) == (expected, "Declined")
