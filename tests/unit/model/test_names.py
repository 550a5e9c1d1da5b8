"""Physical names follow from pipeline, stage and part; account and region stay for the deployment to resolve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.errors import PlanError
from constructs_lib.model import names

if TYPE_CHECKING:
    from constructs_lib.model.plan import PlatformNames

ARN = "arn:aws:sqs:eu-west-1:111122223333:stock"


@pytest.mark.parametrize(
    ("arn", "end"),
    [
        (names.queue_arn("a"), ":sqs:${AWS::Region}:${AWS::AccountId}:a"),
        (names.table_arn("a"), ":dynamodb:${AWS::Region}:${AWS::AccountId}:table/a"),
        (names.stream_arn("a"), ":dynamodb:${AWS::Region}:${AWS::AccountId}:table/a/stream/*"),
        (names.bucket_arn("b"), ":s3:::b"),
        (names.objects_arn("b", "raw/a/*"), ":s3:::b/raw/a/*"),
        (names.secret_arn("team/a"), ":secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:team/a-??????"),
        (names.log_group_arn("a"), ":logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/a:*"),
        (names.event_bus_arn("a"), ":events:${AWS::Region}:${AWS::AccountId}:event-bus/a"),
        (names.topic_arn("a"), ":sns:${AWS::Region}:${AWS::AccountId}:a"),
    ],
)
def test_an_arn_names_one_thing_of_the_deploying_account(arn: str, end: str) -> None:
    assert arn == "arn:${AWS::Partition}" + end


def test_an_existing_queue_is_known_by_its_arn() -> None:
    assert names.name_of(ARN) == "stock"
    assert names.queue_url_of(ARN) == "https://sqs.eu-west-1.${AWS::URLSuffix}/111122223333/stock"


def test_a_queue_of_ones_own_has_a_url_before_it_exists() -> None:
    assert names.queue_url("a") == "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/a"


def values(platform: PlatformNames) -> set[str]:
    return {value for name, value in platform if name not in ("platform", "stage", "key_parameter")}


def test_platforms_and_stages_share_no_name() -> None:
    named = [names.platform_names(platform, stage) for platform in ("shops", "stock") for stage in ("dev", "prod")]
    together = [name for platform in named for name in values(platform)]
    assert len(together) == len(set(together)) == 4 * 7


def test_a_key_has_a_parameter_only_where_the_platform_has_a_key_of_its_own() -> None:
    assert names.platform_names("shops", "dev").key_parameter is None
    assert names.platform_names("shops", "dev", customer_key=True).key_parameter == "/shops/dev/key-arn"


@pytest.mark.parametrize("platform", ["p", "pipelines", "team-2", "a" * 20])
def test_a_platforms_name_leaves_room_for_account_and_region_in_its_buckets(platform: str) -> None:
    named = names.platform_names(platform, "acceptance")
    for bucket in (named.raw_bucket, named.evidence_bucket):
        deployed = bucket.replace("${AWS::AccountId}", "1" * 12).replace("${AWS::Region}", "ap-southeast-1")
        assert len(deployed) <= 63


@pytest.mark.parametrize("platform", ["", "P", "2p", "p_q", "p-", "-p", "a" * 21, "p\n", "p.q"])
def test_what_cannot_be_a_part_of_names_is_no_platform(platform: str) -> None:
    with pytest.raises(PlanError) as caught:
        names.platform_names(platform, "dev")
    assert [(fault.code, fault.path) for fault in caught.value.faults] == [("platform-wrong", "platform")]


def test_platform_and_stage_are_refused_together() -> None:
    with pytest.raises(PlanError) as caught:
        names.platform_names("Pipelines", "Dev")
    assert [fault.code for fault in caught.value.faults] == ["stage-wrong", "platform-wrong"]
