"""Groups on the emulated AWS, under the functions' own roles: completed, out of time, and a part that comes late."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.grants import uses_of
from constructs_lib.local.session import LocalSession
from functions.contract.identity import group_run_token, run_token
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local.assembly import Assembly
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.project import Project
    from constructs_lib.model.plan import PipelinePlan
    from functions.contract.ledger import LedgerEntry

REGIONS = ["east", "north", "west"]
DECLARED, SHORT = '\\"timeout_seconds\\":21600', '\\"timeout_seconds\\":6'


@pytest.fixture(scope="module")
def sales(plans: tuple[PipelinePlan, ...]) -> PipelinePlan:
    return next(plan for plan in plans if plan.pipeline == "regional-sales")


@pytest.fixture(scope="module")
def impatient(
    project: Project,
    assembly: Assembly,
    plans: tuple[PipelinePlan, ...],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LocalSession]:
    """The examples, with groups that wait for six seconds instead of six hours."""
    copied, _ = assembly.adapted(tmp_path_factory.mktemp("impatient") / "assembly")
    _shorten(stack.template for stack in copied.stacks())
    with LocalSession(project.emulator_environment) as session:
        session.deploy(copied, plans)
        yield session


@pytest.fixture(scope="module")
def evidence(impatient: LocalSession, sales: PipelinePlan) -> Evidence:
    return impatient.evidence(sales)


def _shorten(templates: Iterator[Path]) -> None:
    changed = 0
    for template in templates:
        text = template.read_text()
        changed += text.count(DECLARED)
        template.write_text(text.replace(DECLARED, SHORT))
    assert changed == 2


def send(session: LocalSession, evidence: Evidence, day: str, *regions: str) -> None:
    for region in regions:
        report: dict[str, Any] = {"day": day, "region": region, "revision": 1, "regions": REGIONS, "sales": 7}
        url = evidence.queue_url("buffer")
        session.aws.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(report))


def part(evidence: Evidence, day: str, region: str) -> tuple[LedgerEntry, ...]:
    return evidence.entries(run_token(evidence.plan.pipeline, (day, region, 1)))


def group(day: str) -> str:
    return group_run_token("regional-sales", (run_token("regional-sales", ("fan-in", "sales", day)),))


def consolidated(evidence: Evidence, day: str) -> list[dict[str, Any]]:
    return [json.loads(record.text) for record in evidence.landed(group(day))]


def test_a_group_is_consolidated_when_its_last_part_has_come(impatient: LocalSession, evidence: Evidence) -> None:
    send(impatient, evidence, "2026-01-01", *REGIONS)
    evidence.wait_until("the day is there", lambda: bool(evidence.entries(group("2026-01-01"), Status.SUCCEEDED)))
    wanted = {"day": "2026-01-01", "sales": 21, "regions": REGIONS, "missing": []}
    assert consolidated(evidence, "2026-01-01") == [wanted]
    evidence.wait_until("the signals are gone", lambda: evidence.depth("groups") == 0)
    assert [entry.error_type for entry in evidence.entries(group("2026-01-01"))] == [None]


def test_a_group_out_of_time_names_what_is_missing_and_a_late_part_says_so(
    impatient: LocalSession, evidence: Evidence
) -> None:
    send(impatient, evidence, "2026-01-02", "north")
    evidence.wait_until("the day is over", lambda: bool(evidence.entries(group("2026-01-02"), Status.SUCCEEDED)), 60)
    (entry,) = evidence.entries(group("2026-01-02"))
    assert (entry.error_type, entry.error_message) == ("group-incomplete", "1 parts, 2 missing: east, west")
    assert [one["missing"] for one in consolidated(evidence, "2026-01-02")] == [["east", "west"]]
    send(impatient, evidence, "2026-01-02", "east")
    evidence.wait_until("the late part lands", lambda: bool(part(evidence, "2026-01-02", "east")))
    assert [one.error_type for one in part(evidence, "2026-01-02", "east")] == ["part-late"]
    assert [one.error_type for one in part(evidence, "2026-01-02", "north")] == [None]
    assert len(consolidated(evidence, "2026-01-02")) == 1


def test_both_functions_did_no_more_than_their_roles_allow(impatient: LocalSession, evidence: Evidence) -> None:
    uses = uses_of(impatient.aws, impatient.proxy.calls)
    functions = {use.function for use in uses if use.function.startswith("regional-sales")}
    assert functions == {"regional-sales-dev-land-report", "regional-sales-dev-consolidate-day"}
    assert [use for use in uses if not use.allowed] == []
