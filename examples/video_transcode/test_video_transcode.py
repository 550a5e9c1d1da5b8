"""A film that takes longer than a function may run is waited for, and a mail says what came of it."""

from __future__ import annotations

import json
import time
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.ledger import Status
from functions.runtime.stores.memory import MemoryTable
from functions.runtime.stores.values import from_attributes, to_attribute

if TYPE_CHECKING:
    from constructs_lib.drills.memory.states.execution import Execution
    from constructs_lib.drills.workflows import WorkflowWorld
    from constructs_lib.local.trial import Trial

PIPELINE = "video-transcode"
LONGEST_REAL_SECONDS = 5
MAIL = f"{PIPELINE}-dev-mail-topic"
FARM = f"{PIPELINE}-dev-farm"


def mailbox(trial: Trial, topic: str) -> str:
    """Subscribe a queue to a topic, in the place of a person's address, and return its URL."""
    queue: Any = trial.client("sqs")
    url = str(queue.create_queue(QueueName="mailbox")["QueueUrl"])
    arn = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    may = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    queue.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    raw = {"RawMessageDelivery": "true"}
    trial.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=raw)
    return url


class Studio:
    """Who uploads films, who encodes them, and who reads the mail."""

    def __init__(self, trial: Trial) -> None:
        plan = trial.plans[PIPELINE]
        self.s3: Any = trial.client("s3")
        self.tables: Any = trial.client("dynamodb")
        self.queue: Any = trial.client("sqs")
        self.runs = trial.runs(PIPELINE)
        self.evidence = trial.evidence(PIPELINE)
        self.bucket = trial.resolve(plan.resource("source-bucket").name)
        self.mailbox = mailbox(trial, trial.resolve(f"arn:aws:sns:${{AWS::Region}}:${{AWS::AccountId}}:{MAIL}"))

    def upload(self, name: str) -> dict[str, Any]:
        """Put a film into the bucket and return the job that the farm is given."""
        key = f"uploads/{name}.mov"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=b"moov")
        self.evidence.wait_until("the farm has the job", lambda: any(job["film"] == key for job in self.jobs()))
        return next(job for job in self.jobs() if job["film"] == key)

    def jobs(self) -> list[dict[str, Any]]:
        return [from_attributes(item) for item in self.tables.scan(TableName=FARM, ConsistentRead=True)["Items"]]

    def tell(self, job: dict[str, Any], **news: Any) -> None:
        """Let the farm say how a job stands."""
        item = {name: to_attribute(value, name) for name, value in {**job, **news}.items()}
        self.tables.put_item(TableName=FARM, Item=item)

    def asked(self, token: str) -> int:
        """Return how often the farm was asked in a run."""
        return self.runs.execution(token).states.count("transcode.check")

    def unanswered(self) -> int:
        """Return how often the farm gave no answer."""
        entries = self.evidence.every_entry()
        return sum(entry.step == "transcode_check" and entry.status is Status.FAILED for entry in entries)

    def started(self) -> list[str]:
        """Return the run tokens of the films so far, the oldest first."""
        return [entry.run_token for entry in self.evidence.every_entry() if entry.status is Status.STARTED]

    def mails(self) -> list[str]:
        found = self.queue.receive_message(QueueUrl=self.mailbox, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [json.loads(message["Body"]) for message in found.get("Messages", [])]


@pytest.fixture(scope="module")
def studio(example: Trial) -> Studio:
    return Studio(example)


def test_the_handlers_order_once_and_ask_on_a_table_in_memory(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.syspath_prepend(str(request.path.parent))
    module = import_module("video_transcode")
    farm = MemoryTable("job_id")
    run: Any = SimpleNamespace(token="f" * 32, stores=SimpleNamespace(farm=farm))
    job = module.order_transcode.function({"key": "uploads/a.mov"}, run)
    assert module.ask_farm.function(job, run) is None
    farm.update(job["job_id"], {"state": "working"})
    assert module.order_transcode.function({"key": "uploads/a.mov"}, run) == job
    assert [one["state"] for one in farm.items] == ["working"]
    farm.update(job["job_id"], {"state": "silent"})
    with pytest.raises(module.FarmBusy):
        module.ask_farm.function(job, run)
    farm.update(job["job_id"], {"state": "damaged", "reason": "no header"})
    with pytest.raises(module.FilmDamaged, match=r"uploads/a\.mov: no header"):
        module.ask_farm.function(job, run)
    farm.update(job["job_id"], {"state": "done", "result": "films/a.mp4", "minutes": 95})
    assert module.ask_farm.function(job, run) == {"film": "films/a.mp4", "minutes": 95}


def test_a_film_is_ready_after_several_questions_and_the_mail_says_where_it_is(studio: Studio) -> None:
    job = studio.upload("harbour")
    studio.tell(job, state="working")
    (token,) = studio.started()
    studio.evidence.wait_until("the farm was asked twice", lambda: studio.asked(token) >= 2)
    studio.tell(job, state="silent")
    studio.evidence.wait_until("nobody answered", lambda: studio.unanswered() >= 1)
    studio.tell(job, state="done", result="films/harbour.mp4", minutes=95)
    assert studio.runs.wait_until_ended(token) is Status.SUCCEEDED
    assert studio.mails() == ["uploads/harbour.mov is ready as films/harbour.mp4, 95 minutes"]
    assert studio.runs.execution(token).output == {"film": "films/harbour.mp4", "minutes": 95}


def test_a_film_that_cannot_be_read_is_given_up_with_a_mail_and_a_letter(studio: Studio) -> None:
    studio.tell(studio.upload("torn"), state="damaged", reason="no header")
    token = studio.started()[-1]
    assert studio.runs.wait_until_ended(token) is Status.DEAD_LETTERED
    assert "uploads/torn.mov was given up: FilmDamaged" in studio.mails()
    (letter,) = studio.evidence.dead_letters(token)
    assert (letter.error_type, "no header" in letter.error_message) == ("TranscodeGivenUp", True)


FILM = {"bucket": "in", "key": "uploads/harbour.mov", "event": "created", "version_id": "v1"}


def encode(world: WorkflowWorld, *news: tuple[int, dict[str, Any]]) -> Execution:
    """Run one film in memory while the farm says how it stands, each after so many minutes."""
    farm = world.stores["farm"]
    execution = world.start(FILM, fields={"object": FILM})
    for minutes, told in news:
        world.run(minutes * 60)
        farm.update(farm.items[0]["job_id"], told)
    world.run()
    return execution


def mails(world: WorkflowWorld) -> list[str]:
    (topic,) = world.world.clients.sns.published.values()
    return [json.loads(entry["Message"]) for entry in topic]


def test_forty_minutes_of_encoding_take_no_time_on_a_simulated_clock(in_memory: WorkflowWorld) -> None:
    began = time.perf_counter()
    done = {"state": "done", "result": "films/harbour.mp4", "minutes": 40}
    execution = encode(in_memory, (20, {"state": "silent"}), (1, {"state": "working"}), (19, done))
    assert time.perf_counter() - began < LONGEST_REAL_SECONDS
    assert execution.status == "SUCCEEDED"
    assert 40 * 60 <= execution.elapsed < 43 * 60
    assert mails(in_memory) == ["uploads/harbour.mov is ready as films/harbour.mp4, 40 minutes"]
    entered = in_memory.states.entered()
    assert (entered.count("transcode"), entered.count("transcode.pause") > 70) == (1, True)
    tries = [entry.status for entry in in_memory.entries() if (entry.step or "").startswith("transcode_check")]
    assert Status.FAILED in tries, "a farm that does not answer is asked again"


def test_a_film_that_is_never_done_is_given_up_after_four_hours(in_memory: WorkflowWorld) -> None:
    execution = encode(in_memory)
    assert (execution.status, execution.error) == ("FAILED", "TranscodeGivenUp")
    assert 4 * 3600 <= execution.elapsed < 4 * 3600 + 60
    assert mails(in_memory) == ["uploads/harbour.mov was given up: States.Timeout"]
    assert len(in_memory.letters()) == 1
    assert in_memory.entries()[-1].error_type == "TranscodeGivenUp"
