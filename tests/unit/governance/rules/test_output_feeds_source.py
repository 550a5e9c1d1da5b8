from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.governance.rule import Decision, Subject
from constructs_lib.governance.rules.output_feeds_source import OutputFeedsSource
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import platform_names
from constructs_lib.model.resources import ResourcePlan
from tests.unit.governance.cases import pipeline, replanned, with_runner

RULE = OutputFeedsSource()
HERE = "${AWS::Region}:${AWS::AccountId}"


def files(name: str, prefix: str, into: str, below: str) -> Subject:
    """Return a pipeline from its own bucket into the own bucket of another."""
    bucket = f"{into}-${{stage}}-in-${{AWS::AccountId}}-${{AWS::Region}}"
    output = {"type": "s3", "bucket": bucket, "prefix": below}
    return pipeline(pipeline=name, source={"type": "s3", "prefix": prefix}, idempotency={}, outputs=[output])


def linked(name: str, kind: str, listens: str, action: str, arn: str) -> Subject:
    """Return a pipeline that is started by one resource and writes to another."""
    subject = pipeline(pipeline=name)
    grants = subject.plan.function(subject.plan.runner).grants
    write = Grant(sid="Write", actions=(action,), resources=(arn,), needed_by="outputs[0]")
    source = ResourcePlan(id="source", type=kind, name=listens, existing=True, needed_by="source")
    return replanned(with_runner(subject, grants=(*grants, write)), resources=(source,))


def told(*subjects: Subject) -> list[str]:
    return [subject.plan.pipeline for subject, _ in RULE.check_all(subjects)]


def test_two_pipelines_that_feed_each_other_are_both_told_with_the_ring() -> None:
    found = list(RULE.check_all([files("unpack", "a/", "pack", "b/"), files("pack", "b/", "unpack", "a/")]))
    assert [finding.place.pipeline for _, finding in found] == ["unpack", "pack"]
    assert found[0][1].found.startswith("unpack -> pack -> unpack: outputs[0] writes to s3 pack-dev-in-")
    assert found[0][1].decision is Decision.REQUIRE_APPROVAL


def test_a_prefix_apart_or_a_missing_neighbour_ends_the_ring() -> None:
    assert told(files("unpack", "a/", "pack", "b/"), files("pack", "b/", "unpack", "c/")) == []
    assert told(files("unpack", "a/", "pack", "b/")) == []


def test_a_chain_is_no_ring_and_whoever_only_feeds_one_is_not_told() -> None:
    chain = [files("one", "a/", "two", "b/"), files("two", "b/", "three", "c/"), files("three", "c/", "four", "d/")]
    assert told(*chain) == []
    ring = [files("two", "b/", "three", "c/"), files("three", "c/", "two", "b/")]
    assert told(files("one", "a/", "two", "b/"), *ring) == ["two", "three"]


@pytest.mark.parametrize(
    ("kind", "name", "action", "arn"),
    [
        ("AWS::SNS::Topic", "news", "sns:Publish", f"arn:aws:sns:{HERE}:news"),
        ("AWS::SNS::Topic", "arn:aws:sns:eu-west-1:111122223333:news", "sns:Publish", f"arn:aws:sns:{HERE}:news"),
        ("AWS::Events::EventBus", "shop", "events:PutEvents", f"arn:aws:events:{HERE}:event-bus/shop"),
        ("AWS::DynamoDB::Table", "orders", "dynamodb:PutItem", f"arn:aws:dynamodb:{HERE}:table/orders"),
        (
            "AWS::DynamoDB::Table",
            "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-11-21T00:00:00.000",
            "dynamodb:UpdateItem",
            f"arn:aws:dynamodb:{HERE}:table/orders",
        ),
        ("AWS::Kinesis::Stream", "clicks", "kinesis:PutRecords", f"arn:aws:kinesis:{HERE}:stream/clicks"),
    ],
)
def test_a_pipeline_that_writes_to_what_starts_it_is_told(kind: str, name: str, action: str, arn: str) -> None:
    assert told(linked("own", kind, name, action, arn)) == ["own"]
    assert told(linked("own", kind, "elsewhere", action, arn)) == []


def test_sending_to_the_own_buffer_is_a_ring() -> None:
    subject = pipeline()
    assert told(linked("shop-orders", "AWS::SNS::Topic", "x", "sqs:SendMessage", subject.plan.queue("buffer").arn)) == [
        "shop-orders"
    ]


def test_reading_starts_nothing_and_the_platforms_own_grants_do_not_count() -> None:
    reads: Any = linked(
        "own", "AWS::DynamoDB::Table", "orders", "dynamodb:GetItem", f"arn:aws:dynamodb:{HERE}:table/orders"
    )
    assert told(reads) == []
    bus = pipeline().plan.platform.event_bus
    assert (
        told(
            replanned(
                pipeline(),
                resources=(
                    ResourcePlan(
                        id="source", type="AWS::Events::EventBus", name=bus, existing=True, needed_by="source"
                    ),
                ),
            )
        )
        == []
    )


def on_the_bus(name: str, hears: str) -> Subject:
    source = {"type": "event_bus", "pattern": {"source": [hears]}}
    return pipeline(
        pipeline=name, source=source, idempotency={}, outputs=[{"type": "event_bus", "detail_type": "Done"}]
    )


def same_platform(*subjects: Subject) -> list[Subject]:
    names = platform_names("pipelines", "dev")
    return [replace(one, plan=plan_pipeline(one.declaration, platform=names)) for one in subjects]


def test_on_one_bus_those_who_do_not_listen_to_each_other_make_no_ring() -> None:
    assert told(*same_platform(on_the_bus("one", "shop"), on_the_bus("two", "pipelines.one"))) == []
    assert told(*same_platform(on_the_bus("one", "pipelines.two"), on_the_bus("two", "pipelines.one"))) == [
        "one",
        "two",
    ]


def flow(name: str, *steps: dict[str, Any], **changes: Any) -> Subject:
    workflow = {"timeout": "3h", "steps": list(steps)}
    return pipeline(**{"pipeline": name, "runner": None, "workflow": workflow, **changes})


def below(name: str) -> dict[str, Any]:
    return {"type": "workflow", "name": "other", "pipeline": name, "timeout": "1h"}


def test_workflows_that_start_each_other_or_themselves_are_told() -> None:
    task = {"type": "task", "name": "act", "handler": "handlers.orders:land_order"}
    assert told(flow("one", task, below("one"))) == ["one"]
    assert told(flow("one", task, below("two")), flow("two", task, below("one"))) == ["one", "two"]
    assert told(flow("one", task, below("two")), flow("two", task)) == []


def test_what_a_step_writes_is_followed_like_what_a_runner_writes() -> None:
    bucket = "pack-${stage}-in-${AWS::AccountId}-${AWS::Region}"
    task = {"type": "task", "name": "act", "handler": "handlers.orders:land_order", "outputs": ["s3"]}
    given = {"source": {"type": "s3", "prefix": "a/"}, "idempotency": {}}
    output = {"type": "s3", "bucket": bucket.replace("pack", "unpack"), "prefix": "a/"}
    steps = flow("pack", task, **given, outputs=[output])
    assert told(files("unpack", "a/", "pack", "a/"), steps) == ["unpack", "pack"]
