"""The function's role reads the source and writes the destination; whatever else is tried with it is denied."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from functions.contract.ledger import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local.trial import Trial

ARRIVED = json.loads((Path(__file__).parent / "events" / "arrived.json").read_text())
KEY: str = ARRIVED["detail"]["object"]["key"]
PICTURE = b"P5\n8 8\n255\n" + bytes(range(64))


class Studio:
    """The two buckets, and the credentials of the function's own role."""

    def __init__(self, trial: Trial) -> None:
        self.plan = trial.plans["thumbnails"]
        self.s3: Any = trial.client("s3")
        self.evidence = trial.evidence("thumbnails")
        self.session = trial.session
        self.source = trial.resolve(self.plan.resource("source-bucket").name)
        self.destination = trial.resolve(self.plan.resource("output-small-bucket").name)
        self.raw = trial.resolve(self.plan.platform.raw_bucket)

    def as_worker(self) -> Any:
        """Return an S3 client with the credentials of a running worker."""
        worker = self.session.worker_of(self.plan, self.plan.runner)
        return self.session.aws.client_as("s3", worker)

    def small(self, key: str) -> bytes:
        found: bytes = self.s3.get_object(Bucket=self.destination, Key=f"small/{key}")["Body"].read()
        return found


@pytest.fixture(scope="module")
def studio(example: Trial) -> Studio:
    studio = Studio(example)
    studio.s3.put_object(Bucket=studio.source, Key=KEY, Body=PICTURE)
    studio.evidence.wait_until("the picture came to something", lambda: bool(studio.evidence.every_entry()))
    return studio


def test_a_large_picture_becomes_a_small_one_under_the_same_key(studio: Studio) -> None:
    assert [entry.status for entry in studio.evidence.every_entry()] == [Status.SUCCEEDED]
    assert studio.small(KEY) == b"P5\n2 2\n255\n" + bytes([0, 4, 32, 36])


def test_the_role_has_two_actions_beside_those_of_the_platform(studio: Studio) -> None:
    grants = studio.plan.function(studio.plan.runner).grants
    own = [grant for grant in grants if grant.needed_by == "source" or grant.needed_by.startswith("outputs")]
    arn = "arn:${AWS::Partition}:s3:::thumbnails-dev"
    here = "${AWS::AccountId}-${AWS::Region}"
    assert [(grant.actions, grant.resources) for grant in own] == [
        (("s3:GetObject",), (f"{arn}-in-{here}/*",)),
        (("s3:PutObject",), (f"{arn}-small-{here}/small/*",)),
    ]


def calls(studio: Studio) -> dict[str, Callable[[Any], Any]]:
    source, destination, key = studio.source, studio.destination, KEY
    return {
        "read the source": lambda s3: s3.get_object(Bucket=source, Key=key),
        "write the destination": lambda s3: s3.put_object(Bucket=destination, Key="small/x", Body=b""),
        "write elsewhere in the destination": lambda s3: s3.put_object(Bucket=destination, Key="x", Body=b""),
        "read the destination": lambda s3: s3.get_object(Bucket=destination, Key=f"small/{key}"),
        "list the destination": lambda s3: s3.list_objects_v2(Bucket=destination),
        "delete from the destination": lambda s3: s3.delete_object(Bucket=destination, Key=f"small/{key}"),
        "write the source": lambda s3: s3.put_object(Bucket=source, Key="x.pgm", Body=b""),
        "list the source": lambda s3: s3.list_objects_v2(Bucket=source),
        "delete from the source": lambda s3: s3.delete_object(Bucket=source, Key=key),
        "tag in the source": lambda s3: s3.put_object_tagging(Bucket=source, Key=key, Tagging={"TagSet": []}),
        "open the source to all": lambda s3: s3.delete_bucket_policy(Bucket=source),
        "land in the Raw Stage": lambda s3: s3.put_object(Bucket=studio.raw, Key="raw/thumbnails/x", Body=b""),
        "list all buckets": lambda s3: s3.list_buckets(),
    }


def outcome(call: Callable[[Any], Any], s3: Any) -> str:
    try:
        call(s3)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "allowed"


def test_every_other_call_with_the_roles_own_credentials_is_denied(studio: Studio) -> None:
    s3 = studio.as_worker()
    found = {name: outcome(call, s3) for name, call in calls(studio).items()}
    allowed = ("read the source", "write the destination")
    assert found == {name: "allowed" if name in allowed else "AccessDenied" for name in found}
