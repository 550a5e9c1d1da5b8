"""The page on evidence: its example runs, and what it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import constructs_lib
from constructs_lib.composition.evidence import UNSEALED_PERIODS, evidence_alarms, evidence_functions, missing_run
from constructs_lib.model.names import platform_names
from constructs_lib.patterns.buckets import EvidenceLock, LockMode
from functions.contract.archive import UNREADABLE, archive_key, seal_key
from functions.contract.metric import EvidenceMetric

PAGE = (Path(constructs_lib.__file__).parents[1] / "docs/evidence.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```python (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = dict(BLOCK.findall(PAGE))


def run(code: str) -> None:
    exec(compile(code, "evidence.md", "exec", dont_inherit=True), {"__name__": "evidence"})  # noqa: S102 - our own page


def test_the_example_runs() -> None:
    run(SHOWN["seal"])


def test_the_example_fails_for_a_seal_over_something_else() -> None:
    with pytest.raises(AssertionError):
        run(SHOWN["seal"].replace("count=2", "count=3"))


def test_every_alarm_and_metric_is_on_the_page() -> None:
    names = platform_names("pipelines", "dev")
    archive, seal = evidence_functions(names)
    alarms = [*evidence_alarms(archive, seal, names.platform), missing_run(seal)]
    assert len(alarms) == 6
    for alarm in alarms:
        assert f"`{alarm.name.removeprefix('pipelines-dev-')}`" in PAGE
    for metric in EvidenceMetric:
        assert f"`{metric.value}`" in PAGE
    assert f"for {6 * UNSEALED_PERIODS} hours" in PAGE


def test_keys_and_defaults_are_as_the_page_says() -> None:
    assert archive_key("PIPELINE", "DAY", "1", "2").startswith("ledger/PIPELINE/date=DAY/")
    assert seal_key("PIPELINE", "DAY") == "seals/PIPELINE/DAY.json"
    assert f"ledger/{UNREADABLE}/date=DAY" in PAGE
    assert (EvidenceLock().mode, EvidenceLock().days) == (LockMode.GOVERNANCE, 400)
    assert "governance mode, 400 days" in PAGE
