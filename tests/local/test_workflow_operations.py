"""Runs of workflows in an operator's hands: gates, failures, redrives, replays, and what the ledger makes of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.errors import UserError
from constructs_lib.local.callers import post, user
from constructs_lib.local.emulator import aws_environment
from constructs_lib.local.trial import Trial
from tests.local.operated.desk import FOLDER, Desk, Order, command

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession


@pytest.fixture(scope="module")
def desk(empty_session: LocalSession, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(Trial.of(FOLDER, empty_session, tmp_path_factory.mktemp("operated")))


@pytest.fixture(autouse=True)
def shell(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws_environment(desk.trial.session.proxy.url).items():
        monkeypatch.setenv(name, value)


def waits_at(order: Order, step: str) -> None:
    """Wait until a person is asked."""
    desk = order.trial.operator(order.pipeline).approvals()

    def asked() -> bool:
        return any((one.run_token, one.step) == (order.token, step) for one in desk.questions())

    order.evidence.wait_until(f"{step} waits", asked, 30)


def tree(order: Order) -> list[tuple[str, str]]:
    def flat(nodes: list[dict[str, Any]], around: str = "") -> list[tuple[str, str]]:
        found = []
        for node in nodes:
            path = f"{around}/{node['name']}".lstrip("/")
            found += [(path, node["status"]), *flat(node["children"], path)]
        return found

    return flat(order.shown()["tree"])


def test_a_gate_opens_when_a_person_approves_and_the_run_goes_on(desk: Desk) -> None:
    order = desk.order("gated", "approved", ask="long")
    waits_at(order, "gate")
    listed = command("approval", "list", str(FOLDER / "gated.yaml"))
    assert "Pay approved?" in listed.stdout
    assert desk.effects("approved") == {"reserve": 1}
    done = order.command("approval", "approve", comment="known customer")
    assert done.exit_code == 0, done.output
    assert order.runs.wait_until_ended(order.token).value == "succeeded"
    assert desk.effects("approved") == {"reserve": 1, "charge": 1}
    assert ("gate", "operated") in order.runs.steps(order.token)


def test_a_rejected_gate_ends_the_run_and_says_so(desk: Desk) -> None:
    order = desk.order("gated", "rejected", ask="long")
    waits_at(order, "gate")
    assert order.command("approval", "reject", comment="too much").exit_code == 0
    order.wait_for("started", "dead_lettered")
    end = order.runs.end(order.token)
    assert end is not None
    assert end.error_type == "ApprovalRejected"
    assert desk.effects("rejected") == {"reserve": 1}


def test_a_gate_that_nobody_answers_expires(desk: Desk) -> None:
    order = desk.order("gated", "expired", ask="short")
    order.wait_for("started", "dead_lettered")
    end = order.runs.end(order.token)
    assert end is not None
    assert end.error_type == "ApprovalExpired"
    refused = order.command("approval", "approve", comment="late")
    assert isinstance(refused.exception, UserError)
    assert refused.exception.faults[0].code == "approval-over"


def test_a_failed_run_goes_on_from_the_step_that_failed(desk: Desk) -> None:
    desk.breaks("redriven", "charge")
    order = desk.order("gated", "redriven")
    order.wait_for("started", "dead_lettered")
    (letter,) = order.evidence.dead_letters(order.token)
    assert (letter.error_type, letter.run_id) == ("Broken", order.token)
    assert tree(order) == [("reserve", "succeeded"), ("charge", "failed")]
    desk.breaks("redriven")
    asked = order.command("run", "redrive")
    assert (asked.exit_code, "redrive 1" in asked.stdout) == (1, True)
    done = command("run", "redrive", str(FOLDER / "gated.yaml"), order.token, "--yes")
    assert (done.exit_code, "1 dead letter removed" in done.stdout) == (0, True), done.output
    order.wait_for("started", "dead_lettered", "redriven", "succeeded")
    assert desk.effects("redriven") == {"reserve": 1, "charge": 1}
    assert order.evidence.dead_letters(order.token) == ()
    assert tree(order) == [("reserve", "succeeded"), ("charge", "succeeded")]
    shown = order.command("run", "show").stdout
    assert ("redriven" in shown, "charge" in shown) == (True, True)


def test_a_replayed_letter_is_a_run_that_continues_the_failed_one(desk: Desk) -> None:
    desk.breaks("replayed", "charge")
    order = desk.order("gated", "replayed")
    order.wait_for("started", "dead_lettered")
    desk.breaks("replayed")
    done = command("replay", str(FOLDER / "gated.yaml"), "--run-token", order.token)
    assert (done.exit_code, "1 replayed" in done.stdout) == (0, True), done.output
    order.evidence.wait_until("it lands", lambda: "succeeded" in order.statuses)
    assert desk.effects("replayed") == {"reserve": 1, "charge": 1}
    replayed = next(entry for entry in order.evidence.entries(order.token) if entry.status.value == "replayed")
    assert (replayed.parent_run_id, order.statuses[-1]) == (order.token, "succeeded")


def test_failed_items_are_done_by_a_redrive_and_the_others_are_left_alone(desk: Desk) -> None:
    desk.breaks("parcel-2", "pack")
    order = desk.order("parcels", "items", parcels=["parcel-1", "parcel-2"])
    order.wait_for("started", "succeeded")
    assert ("all_parcels/[1]", "dead_lettered") in tree(order)
    desk.breaks("parcel-2")
    done = command("run", "redrive", str(FOLDER / "parcels.yaml"), order.token, "--yes")
    assert (done.exit_code, "pack[1]" in done.stdout or "all_parcels[1]" in done.stdout) == (0, True), done.output
    order.evidence.wait_until("the item is done", lambda: desk.effects("parcel-2") == {"pack": 1}, 30)
    assert desk.effects("parcel-1") == {"pack": 1}


def test_the_workflow_that_a_step_runs_stands_below_it_in_the_tree(desk: Desk) -> None:
    order = desk.order("parcels", "nested", parcels=[])
    order.wait_for("started", "succeeded")
    assert tree(order)[-3:] == [("bill", "succeeded"), ("bill/count_up", "succeeded"), ("bill/print", "succeeded")]


def test_a_failed_run_of_another_workflow_has_no_letter_and_goes_on_with_the_run_that_started_it(desk: Desk) -> None:
    desk.breaks("below", "print")
    order = desk.order("parcels", "below", parcels=[])
    order.wait_for("started", "dead_lettered")
    assert [letter.error_type for letter in order.evidence.dead_letters(order.token)] == ["Broken"]
    (bill,) = (node for node in order.shown()["tree"] if node["name"] == "bill")
    assert desk.trial.evidence("invoices").dead_letters(bill["run_token"]) == ()
    assert tree(order)[-3:] == [("bill", "failed"), ("bill/count_up", "succeeded"), ("bill/print", "failed")]
    desk.breaks("below")
    done = command("run", "redrive", str(FOLDER / "parcels.yaml"), order.token, "--yes")
    assert (done.exit_code, "1 dead letter removed" in done.stdout) == (0, True), done.output
    order.wait_for("started", "dead_lettered", "redriven", "succeeded")
    assert desk.effects("below") == {"count_up": 1, "print": 1}
    assert tree(order)[-3:] == [("bill", "succeeded"), ("bill/count_up", "succeeded"), ("bill/print", "succeeded")]


def test_a_run_that_somebody_stops_gets_its_entry_and_its_letter(desk: Desk) -> None:
    order = desk.order("gated", "stopped", ask="long")
    waits_at(order, "gate")
    order.runs.stop(order.token)
    order.wait_for("started", "dead_lettered")
    end = order.runs.end(order.token)
    assert end is not None
    assert (end.error_type, end.function) == ("States.Aborted", "gated-dev-close-run")
    assert [letter.error_type for letter in order.evidence.dead_letters(order.token)] == ["States.Aborted"]


def test_an_express_workflow_answers_whoever_waits_with_its_output(desk: Desk) -> None:
    plan, partner = desk.trial.plans["asked"], user(desk.trial.session, "asking", allowed=True)
    first, second = (post(desk.trial.session, plan, {"order_id": "now"}, partner) for _ in range(2))
    assert (first.status_code, first.json()) == (200, {"confirmed": "now"})
    assert (second.status_code, second.json()) == (200, {"confirmed": "now"})
    assert desk.effects("now") == {"check": 1}


def test_an_express_workflow_behind_a_queue_is_tried_again_and_does_nothing_twice(desk: Desk) -> None:
    desk.breaks("short", "send")
    order = desk.order("queued", "short")
    order.wait_for("failed", "dead_lettered")
    desk.breaks("short")
    assert command("replay", str(FOLDER / "queued.yaml"), "--run-token", order.token).exit_code == 0
    order.wait_for("failed", "dead_lettered", "replayed", "succeeded")
    assert desk.effects("short") == {"keep": 1, "send": 1}


def test_a_plan_lists_the_steps_and_draws_them() -> None:
    text = command("plan", str(FOLDER / "gated.yaml")).stdout
    assert ("\nSteps\n" in text, "gate" in text) == (True, True)
    drawn = command("plan", str(FOLDER / "gated.yaml"), "--format", "mermaid").stdout
    assert drawn.startswith("flowchart")
    assert all(name in drawn for name in ("reserve", "ask", "gate", "brief", "charge"))


def test_the_dashboard_shows_the_runs_of_the_state_machine(desk: Desk) -> None:
    plan = desk.trial.plans["gated"]
    told = desk.trial.client("cloudwatch").get_dashboard(DashboardName=plan.dashboard)["DashboardBody"]
    assert plan.state_machine is not None
    machine = desk.trial.resolve(
        f"arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:stateMachine:{plan.state_machine.name}"
    )
    shown = [metric for widget in json.loads(told)["widgets"] for metric in widget["properties"].get("metrics", [])]
    assert ["AWS/States", "ExecutionsFailed", "StateMachineArn", machine] in shown


def test_the_books_are_right_in_the_end_and_open_runs_are_named(desk: Desk) -> None:
    order = desk.order("gated", "open", ask="long")
    waits_at(order, "gate")
    found = desk.trial.reconcile("gated")
    assert found.proved, found
    assert [run.run_token for run in found.open_runs] == [order.token]
    assert (found.counts["open"], found.counts["unexplained"]) == (1, 0)
    for pipeline in desk.trial.plans:
        declaration = str(FOLDER / f"{pipeline}.yaml")
        verified = command("ledger", "verify", declaration)
        assert verified.exit_code == 0, verified.output
    for pipeline in set(desk.trial.plans) - {"asked"}:
        assert desk.trial.reconcile(pipeline).proved
