"""One event of every source, run into every output, on the embedded AWS."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.event_sources import EVENT_SOURCES
from constructs_lib.local.callers import post, user
from constructs_lib.local.stand_in import stand_in
from constructs_lib.local.stub_api import StubAnswer
from constructs_lib.local.trial import Trial
from constructs_lib.outputs import OUTPUTS
from functions.contract.environment import Variable, load_outputs
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession
    from constructs_lib.local.stub_api import StubRequest
    from functions.contract.environment import OutputSettings

FOLDER = Path(__file__).parent / "pairs"
PIPELINES = sorted(f"pairs-{file.stem}" for file in FOLDER.glob("*.yaml"))
THING = {"id": "thing-1"}
HEARD = "pairs-heard"
"""Queue of the test that hears of topics and of the platform's bus."""


def send(trial: Trial, pipeline: str) -> None:
    """Send one event by the source of a pipeline."""
    plan, text = trial.plans[pipeline], json.dumps(THING)
    names = {one.type: trial.resolve(one.name) for one in plan.resources if one.needed_by.startswith("source")}
    if plan.source == "http":
        caller = user(trial.session, pipeline, allowed=True)
        assert post(trial.session, plan, THING, caller).status_code in (200, 202)
    elif plan.source == "queue":
        trial.client("sqs").send_message(QueueUrl=trial.evidence(pipeline).queue_url("buffer"), MessageBody=text)
    elif plan.source == "schedule":
        trial.tick(pipeline, "2026-11-20T01:30:00Z")
    else:
        SENDERS[plan.source](trial, names, text)


def to_topic(trial: Trial, names: dict[str, str], text: str) -> None:
    arn = trial.resolve("arn:aws:sns:${AWS::Region}:${AWS::AccountId}:" + names["AWS::SNS::Topic"])
    trial.client("sns").publish(TopicArn=arn, Message=text)


def to_bus(trial: Trial, _names: dict[str, str], text: str) -> None:
    entry = {"Source": "pairs", "DetailType": "Thing", "Detail": text}
    assert trial.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def to_device(trial: Trial, _names: dict[str, str], text: str) -> None:
    trial.client("iot-data").publish(topic="pairs/one", payload=text.encode())


def to_bucket(trial: Trial, names: dict[str, str], text: str) -> None:
    trial.client("s3").put_object(Bucket=names["AWS::S3::Bucket"], Key="in/thing.json", Body=text.encode())


def to_table(trial: Trial, names: dict[str, str], _text: str) -> None:
    trial.client("dynamodb").put_item(TableName=names["AWS::DynamoDB::Table"], Item={"id": {"S": "thing-1"}})


def to_stream(trial: Trial, names: dict[str, str], text: str) -> None:
    trial.client("kinesis").put_record(
        StreamName=names["AWS::Kinesis::Stream"], Data=text.encode(), PartitionKey="lane-1"
    )


SENDERS: dict[str, Callable[[Trial, dict[str, str], str], None]] = {
    "topic": to_topic,
    "event_bus": to_bus,
    "iot": to_device,
    "s3": to_bucket,
    "dynamodb": to_table,
    "kinesis": to_stream,
}


class Listener:
    """Hears what leaves by topics and by the platform's bus."""

    def __init__(self, trial: Trial) -> None:
        sqs = trial.client("sqs")
        self._sqs, self.url = sqs, sqs.create_queue(QueueName=HEARD)["QueueUrl"]
        self.arn = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        allow = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": self.arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": policy})
        self._texts: list[str] = []

    def heard(self, *words: str) -> bool:
        """Return whether a message has come that holds all of these words."""
        while messages := self._sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._texts.append(message["Body"].replace(" ", ""))
                self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return any(all(word in text for word in words) for text in self._texts)


class Spread:
    """Everything that was sent, and where each kind of output can be looked at."""

    def __init__(self, trial: Trial, published: list[StubRequest]) -> None:
        self.trial, self.published = trial, published
        self.listener = Listener(trial)
        self._subscribe()
        for pipeline in PIPELINES:
            send(trial, pipeline)

    def settings(self, pipeline: str, kind: str) -> OutputSettings:
        plan = self.trial.plans[pipeline]
        variables = {variable.name: variable.value for variable in plan.function(plan.runner).environment}
        return next(one for one in load_outputs(variables[Variable.OUTPUTS]) if one.type == kind)

    def target(self, pipeline: str, kind: str) -> str:
        return self.trial.resolve(self.settings(pipeline, kind).target)

    def _subscribe(self) -> None:
        sns, events = self.trial.client("sns"), self.trial.client("events")
        for pipeline in PIPELINES:
            topic = self.target(pipeline, "topic")
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=self.listener.arn)
        bus = self.target(PIPELINES[0], "event_bus")
        pattern = json.dumps({"detail-type": ["ThingSeen"]})
        events.put_rule(Name=HEARD, EventBusName=bus, EventPattern=pattern)
        events.put_targets(Rule=HEARD, EventBusName=bus, Targets=[{"Id": "heard", "Arn": self.listener.arn}])

    def raw(self, pipeline: str) -> bool:
        evidence = self.trial.evidence(pipeline)
        tokens = [entry.run_token for entry in evidence.every_entry() if entry.status is Status.SUCCEEDED]
        return any(json.loads(one.text) == {"id": pipeline} for token in tokens for one in evidence.landed(token))

    def s3(self, pipeline: str) -> bool:
        bucket = self.target(pipeline, "s3")
        found = self.trial.client("s3").list_objects_v2(Bucket=bucket, Prefix="out/").get("Contents", [])
        return [item["Key"] for item in found] == ["out/thing.json"]

    def event_bus(self, pipeline: str) -> bool:
        return self.listener.heard("ThingSeen", f'"id":"{pipeline}"')

    def topic(self, pipeline: str) -> bool:
        return self.listener.heard(self.target(pipeline, "topic"), f'"id\\":\\"{pipeline}')

    def queue(self, pipeline: str) -> bool:
        name = self.target(pipeline, "queue").rpartition("/")[2]
        sqs = self.trial.client("sqs")
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        messages = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages] == [{"id": pipeline}]

    def dynamodb(self, pipeline: str) -> bool:
        items = self.trial.client("dynamodb").scan(TableName=self.target(pipeline, "dynamodb"))["Items"]
        return bool(items == [{"id": {"S": pipeline}}])

    def http(self, pipeline: str) -> bool:
        return {"id": pipeline} in [request.json() for request in self.published]


@pytest.fixture(scope="module")
def spread(empty_session: LocalSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spread]:
    trial = Trial.of(FOLDER, empty_session, tmp_path_factory.mktemp("pairs"))
    published: list[StubRequest] = []

    def answer(request: StubRequest) -> StubAnswer:
        published.append(request)
        return StubAnswer()

    with stand_in(empty_session.emulator, "pairs.example.com", answer):
        yield Spread(trial, published)


def test_every_source_and_every_output_is_among_the_pairs() -> None:
    from constructs_lib.declaration.folder import load_pipelines

    declared = load_pipelines(FOLDER)
    types = {kind.model_fields["type"].default for kind in OUTPUTS}
    assert {one.source.type for one in declared} == {kind.model_fields["type"].default for kind in EVENT_SOURCES}
    assert [{output.type for output in one.outputs} for one in declared] == [types] * len(declared)


@pytest.mark.parametrize("output", [kind.model_fields["type"].default for kind in OUTPUTS])
@pytest.mark.parametrize("pipeline", PIPELINES)
def test_an_event_of_the_source_comes_out(spread: Spread, pipeline: str, output: str) -> None:
    arrived: Callable[[str], Any] = getattr(spread, output)
    deadline = time.monotonic() + 20
    while not arrived(pipeline) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert arrived(pipeline), spread.trial.evidence(pipeline).last_error()
