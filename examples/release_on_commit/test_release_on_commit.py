"""A commit is released when a person agrees, kept back when one refuses or nobody answers, and told of each time."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.operations.window import utc_now
from functions.contract.approval import APPROVED, REJECTED
from functions.contract.ledger import Status
from functions.runtime.stores.memory import MemoryBucket, MemoryTable
from functions.runtime.stores.values import from_attributes

if TYPE_CHECKING:
    from constructs_lib.drills.workflows import WorkflowWorld
    from constructs_lib.local.trial import Trial

PIPELINE = "release-on-commit"
PUSHED: dict[str, Any] = json.loads((Path(__file__).parent / "events" / "commit_pushed.json").read_text())


def pushed(commit: str, **more: Any) -> dict[str, Any]:
    return {**PUSHED, "commit": commit, **more}


class CodeHost:
    """Where commits come from, what was told of them, and what is released."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.runs = trial.runs(PIPELINE)
        self.evidence = trial.evidence(PIPELINE)

    def push(self, commit: dict[str, Any]) -> str:
        """Tell the bus of a commit and return the run's token."""
        entry = {
            "EventBusName": f"{PIPELINE}-dev-bus",
            "Source": "code-host",
            "DetailType": "CommitPushed",
            "Detail": json.dumps(commit),
        }
        assert self.trial.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
        return self.evidence.run_token(commit["repository"], commit["commit"])

    def wait_for_gate(self, token: str) -> None:
        self.evidence.wait_until("a person is asked", lambda: token in self._open_gates())

    def _open_gates(self) -> set[str]:
        questions = self.trial.operator(PIPELINE).approvals().questions()
        return {question.run_token for question in questions if not question.decision}

    def answer(self, token: str, decision: str, comment: str) -> None:
        """Decide as ``pipelines approval`` does."""
        self.trial.operator(PIPELINE).approvals().decide(token, None, decision, comment, utc_now())

    def news(self, commit: str) -> list[dict[str, str]]:
        queue: Any = self.trial.client("sqs")
        url = queue.get_queue_url(QueueName=f"{PIPELINE}-dev-notices-queue")["QueueUrl"]
        found = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
        return [told for message in found if (told := json.loads(message["Body"]))["commit"] == commit]

    def released(self) -> dict[str, Any] | None:
        table, key = f"{PIPELINE}-dev-releases", {"repository": {"S": PUSHED["repository"]}}
        found = self.trial.client("dynamodb").get_item(TableName=table, Key=key).get("Item")
        return from_attributes(found) if found else None


@pytest.fixture(scope="module")
def host(example: Trial) -> CodeHost:
    return CodeHost(example)


def test_the_handlers_build_check_and_release_on_stores_in_memory(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.syspath_prepend(str(request.path.parent))
    module = import_module("release_on_commit")
    artefacts, releases = MemoryBucket(), MemoryTable("repository")
    run: Any = SimpleNamespace(stores=SimpleNamespace(artefacts=artefacts, releases=releases))
    built = module.build.function(pushed("8c5d2f1"), run)
    assert built == {"artefact": "shop/8c5d2f1.json"}
    assert module.check.function(built, run) == {"passed": 2}
    assert module.release.function({**built, "approved_by": "kim"}, run) == {"released": True, "commit": "8c5d2f1"}
    assert releases.items == [{"repository": "shop", "commit": "8c5d2f1", "files": 2, "approved_by": "kim"}]
    with pytest.raises(module.BuildBroken, match="nothing to build"):
        module.build.function(pushed("0000000", files={}), run)
    half_done = module.build.function(pushed("1111111", files={"a.py": "FIXME"}), run)
    with pytest.raises(module.BuildBroken, match=r"failed: a\.py"):
        module.check.function(half_done, run)


def test_what_a_person_agrees_to_is_released(host: CodeHost) -> None:
    token = host.push(pushed("8c5d2f1"))
    host.wait_for_gate(token)
    assert host.released() is None
    host.answer(token, APPROVED, "looks good")
    assert host.runs.wait_until_ended(token) is Status.SUCCEEDED
    released = host.released()
    assert released is not None
    assert (released["commit"], released["files"]) == ("8c5d2f1", 2)
    (told,) = host.news("8c5d2f1")
    assert told == {"commit": "8c5d2f1", "news": "released", "approved_by": released["approved_by"]}


def test_what_a_person_rejects_is_kept_back_and_told(host: CodeHost) -> None:
    token = host.push(pushed("77b0c3e"))
    host.wait_for_gate(token)
    host.answer(token, REJECTED, "not on a Friday")
    assert host.runs.wait_until_ended(token) is Status.SUCCEEDED
    assert host.news("77b0c3e") == [{"commit": "77b0c3e", "news": "kept back", "why": "ApprovalRejected"}]
    assert (host.released() or {}).get("commit") != "77b0c3e"


def test_nobody_is_asked_about_a_commit_that_fails_its_checks(host: CodeHost) -> None:
    token = host.push(pushed("1111111", files={"a.py": "FIXME"}))
    assert host.runs.wait_until_ended(token) is Status.DEAD_LETTERED
    assert [(told["news"], "failed: a.py" in told["why"]) for told in host.news("1111111")] == [("broken", True)]
    assert token not in {question.run_token for question in host.trial.operator(PIPELINE).approvals().questions()}


def test_a_gate_that_nobody_opens_within_a_day_keeps_the_commit_back(in_memory: WorkflowWorld) -> None:
    execution = in_memory.start(PUSHED)
    in_memory.run(86_000)
    (question,) = in_memory.questions
    assert (execution.status, question.step) == ("RUNNING", "gate")
    assert question.payload["message"] == "Release 8c5d2f1 of shop? 2 checks passed."
    in_memory.run()
    assert (execution.status, execution.output) == ("SUCCEEDED", {"released": False, "why": "ApprovalExpired"})
    sent = [
        json.loads(one.body) for url, queue in in_memory.world.sqs.queues.items() if "notices" in url for one in queue
    ]
    assert sent == [{"commit": "8c5d2f1", "news": "kept back", "why": "ApprovalExpired"}]
    assert in_memory.stores["releases"].items == []
