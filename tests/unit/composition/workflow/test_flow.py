"""What compiled workflows do, run by Amazon States Language's rules in memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from functions.contract.identity import canonical_json
from functions.contract.ledger import LedgerEntry
from tests.workflows import Stage, declare_workflow, failing, task, undo

if TYPE_CHECKING:
    from pathlib import Path


def test_steps_run_in_their_order_and_the_last_result_is_the_workflows(tmp_path: Path) -> None:
    stage = Stage(declare_workflow(tmp_path, task("first"), task("second", input="{% $first & '!' %}")))
    ended = stage.run("in")
    assert (ended.output, stage.called, stage.told) == ("in!", ["first", "second"], ["succeeded"])


def test_a_step_is_told_who_it_is_and_for_whom_it_runs(tmp_path: Path) -> None:
    stage = Stage(declare_workflow(tmp_path, task("only")))
    stage.run({"order_id": "7"})
    ((_, given),) = stage.calls
    assert given["step"]["name"] == "only"
    assert (given["step"]["items"], given["step"]["attempt"]) == ([], 0)
    assert (given["run"]["tenant"], given["record"]["body"]) == ("shop", {"order_id": "7"})


def test_a_failure_ends_in_a_letter_and_the_ledger_under_its_own_name(tmp_path: Path) -> None:
    stage = Stage(declare_workflow(tmp_path, task("pay")), pay=failing("Permanent", "no money"))
    ended = stage.run({"order_id": "7"})
    assert (ended.error, stage.told) == ("Permanent", ["dead_lettered"])
    (letter,) = stage.letters
    failure = json.loads(letter["MessageAttributes"]["failure"]["StringValue"])
    assert json.loads(letter["MessageBody"]) == {"order_id": "7"}
    assert (failure["error_type"], failure["error_message"]) == ("Permanent", "no money")
    assert failure["run_id"] == stage.entries[0]["run_id"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [("Permanent", "permanent"), ("Invalid", "permanent"), ("Refused", "permanent"), ("Flaky", "retries-exhausted")],
)
def test_a_letter_says_whether_another_try_may_help(tmp_path: Path, error: str, reason: str) -> None:
    stage = Stage(declare_workflow(tmp_path, task("pay", retry={"max_attempts": 1})), pay=failing(error))
    stage.run()
    (letter,) = stage.letters
    assert json.loads(letter["MessageAttributes"]["failure"]["StringValue"])["reason"] == reason


def test_an_entry_of_the_state_machine_reads_as_the_runtimes_own(tmp_path: Path) -> None:
    stage = Stage(declare_workflow(tmp_path, task("only")))
    stage.run()
    (item,) = stage.entries
    kept = {"pk": item["pk"], "sk": item["sk"], "entry": item["entry"], "expires_at": item["expires_at"]}
    entry = LedgerEntry.from_item({**kept, "parent_run_id": item["parent_run_id"]})
    assert (entry.status, entry.parent_run_id, entry.tenant) == ("succeeded", "message.1", "shop")
    assert (entry.pk, entry.sk) == (item["pk"], item["sk"])
    assert canonical_json(json.loads(item["entry"])) == item["entry"]


def test_an_error_goes_where_its_catch_says(tmp_path: Path) -> None:
    pay = task("pay", retry={"max_attempts": 1}, catch=[{"errors": ["Declined"], "next": "cancel"}])
    cancel = task("cancel", input="{% $error.cause %}")
    declaration = declare_workflow(tmp_path, pay, {"type": "succeed", "name": "paid"}, cancel)
    stage = Stage(declaration, pay=failing("Declined", "no money"))
    assert (stage.run().output, stage.told) == ("no money", ["succeeded"])
    assert Stage(declaration).run().output is None


def test_a_step_is_tried_as_often_as_declared_but_never_after_a_permanent_error(tmp_path: Path) -> None:
    declaration = declare_workflow(tmp_path, task("pay", retry={"max_attempts": 3}))
    again, never = Stage(declaration, pay=failing("Flaky")), Stage(declaration, pay=failing("Permanent"))
    assert (again.run().error, never.run().error) == ("Flaky", "Permanent")
    assert (len(again.calls), len(never.calls)) == (3, 1)


def test_a_step_that_is_not_critical_warns_and_the_workflow_goes_on(tmp_path: Path) -> None:
    mail = task("mail", critical=False, retry={"max_attempts": 1})
    declaration = declare_workflow(tmp_path, mail, task("last", input="{% $warnings %}"))
    stage = Stage(declaration, mail=failing("Bounced"))
    assert stage.run().output == [{"step": "mail", "error": "Bounced"}]
    assert stage.told == ["warned", "succeeded"]
    assert Stage(declaration).run().output == []


def test_what_has_succeeded_is_undone_from_the_end(tmp_path: Path) -> None:
    steps = [task("reserve", undo=undo()), task("charge", undo=undo(input={"of": "{% $charge %}"})), task("ship")]
    stage = Stage(declare_workflow(tmp_path, *steps), ship=failing("Permanent"))
    assert stage.run("order").error == "Permanent"
    assert stage.called == ["reserve", "charge", "ship", "charge_undo", "reserve_undo"]
    assert [given["input"] for _, given in stage.calls[3:]] == [{"of": "order"}, "order"]


def test_an_undo_that_fails_is_told_and_the_others_are_made_all_the_same(tmp_path: Path) -> None:
    steps = [task("reserve", undo=undo()), task("charge", undo=undo(retry={"max_attempts": 1})), task("ship")]
    stage = Stage(declare_workflow(tmp_path, *steps), ship=failing("Permanent", "lost"), charge_undo=failing("Down"))
    assert (stage.run().error, stage.called[-1]) == ("UndoFailed", "reserve_undo")
    assert stage.entries[-1]["error_message"] == "charge not undone after Permanent: lost"


def test_branches_that_can_be_undone_all_finish_and_then_are_taken_back(tmp_path: Path) -> None:
    branches = {"money": [task("pay", undo=undo())], "goods": [task("pick", retry={"max_attempts": 1})]}
    both = {"type": "parallel", "name": "both", "branches": branches}
    declaration = declare_workflow(tmp_path, both, task("last", input="{% $both.money %}"))
    stage = Stage(declaration, pick=failing("Empty"))
    assert (stage.run().error, stage.called[-1]) == ("Empty", "pay_undo")
    assert Stage(declaration).run("order").output == "order"


def test_items_of_an_inline_map_know_their_numbers_and_those_around_them(tmp_path: Path) -> None:
    inner = {"type": "map", "name": "inner", "items": "{% $item %}", "max_items": 9, "max_concurrency": 1}
    deep = task("deep", input="{% $item & '/' & $string($index) %}")
    outer = {**inner, "name": "outer", "items": "{% $record.body %}", "steps": [{**inner, "steps": [deep]}]}
    stage = Stage(declare_workflow(tmp_path, outer))
    assert stage.run([["a", "b"], ["c"]]).output == [["a/0", "b/1"], ["c/0"]]
    assert [given["step"]["items"] for _, given in stage.calls] == [[0, 0], [0, 1], [1, 0]]


def test_a_list_that_is_too_long_fails_before_the_first_item_and_can_be_caught(tmp_path: Path) -> None:
    each = {"type": "map", "name": "per_item", "items": "{% $record.body %}", "max_items": 2, "max_concurrency": 1}
    each |= {"steps": [task("one")], "catch": [{"errors": ["TooManyItems"], "next": "parts"}]}
    declaration = declare_workflow(tmp_path, each, {"type": "succeed", "name": "fine"}, task("parts"))
    long, short = Stage(declaration), Stage(declaration)
    long.run([1, 2, 3])
    short.run([1, 2])
    assert (long.called, short.called) == (["parts"], ["one", "one"])


def test_an_item_of_a_distributed_map_that_fails_is_a_letter_of_its_own(tmp_path: Path) -> None:
    rows = {"type": "map", "name": "rows", "mode": "distributed", "items": "{% $record.body %}", "max_items": 9}
    rows |= {"max_concurrency": 2, "tolerated_failures": "50%", "steps": [task("row", input="{% $item + $first %}")]}
    declaration = declare_workflow(tmp_path, task("first", input="{% 10 %}"), rows)

    def row(given: dict[str, int]) -> int:
        return failing("Permanent")(given) if given["input"] == 12 else given["input"]

    stage = Stage(declaration, row=row)
    stage.run([1, 2, 3])
    assert [letter["MessageBody"] for letter in stage.letters] == ["2"]
    assert stage.told == ["dead_lettered", "succeeded"]
    assert stage.entries[0]["step"] == "rows[1]"


def test_a_job_is_asked_until_it_is_done(tmp_path: Path) -> None:
    answers = [None, None, "encoded"]
    part = {"handler": "handlers.acts:do", "timeout": "30s"}
    job = {"type": "job", "name": "encode", "start": part, "check": part, "interval": "30s", "timeout": "40m"}
    stage = Stage(declare_workflow(tmp_path, job), encode_check=lambda _given: answers.pop(0))
    assert stage.run("film").output == "encoded"
    assert stage.called == ["encode_start", "encode_check", "encode_check", "encode_check"]
    assert stage.calls[1][1]["input"] == "film"


def test_an_express_workflow_leaves_ledger_and_letter_to_who_started_it(tmp_path: Path) -> None:
    declaration = declare_workflow(tmp_path, task("pay"), type="express")
    failed = Stage(declaration, pay=failing("Permanent"))
    assert (failed.run().error, failed.told, failed.letters) == ("Permanent", [], [])
    assert Stage(declaration).run("in").output == "in"
