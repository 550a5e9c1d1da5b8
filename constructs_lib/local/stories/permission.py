"""Functions run under roles of their own, and what their roles do not allow is denied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from constructs_lib.local.grants import uses_of
from constructs_lib.local.session import webhook_settings
from constructs_lib.local.stories.telling import Story, Telling

if TYPE_CHECKING:
    from constructs_lib.local.stories.scene import Scene

_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


def _own_role(scene: Scene, telling: Telling) -> None:
    worker = scene.session.worker_of(scene.plan, scene.plan.runner)
    telling.say(f"with the credentials of a running worker of {worker.function}:")
    for call, allowed, attempt in _attempts(scene):
        outcome = _outcome(attempt)
        telling.say(f"{call}: {outcome}")
        telling.expect(f"{call} is {'allowed' if allowed else 'denied'}", outcome, "allowed" if allowed else "denied")


def _attempts(scene: Scene) -> list[tuple[str, bool, Callable[[], Any]]]:
    """Return calls with whether the runner's role allows them; the first shows that the credentials work at all."""
    worker = scene.session.worker_of(scene.plan, scene.plan.runner)
    sqs, s3, dynamodb, secrets = (
        scene.session.aws.client_as(service, worker) for service in ("sqs", "s3", "dynamodb", "secretsmanager")
    )
    evidence, platform = scene.evidence, scene.plan.platform
    secret = webhook_settings(scene.plan).secret
    bucket, buffer = scene.session.aws.resolve(platform.raw_bucket), evidence.queue_url("buffer")
    key = {"pk": {"S": "any"}, "sk": {"S": "any"}}
    elsewhere = "raw/another-pipeline/records.ndjson"
    return [
        ("reading the attributes of its own queue", True, lambda: sqs.get_queue_attributes(QueueUrl=buffer)),
        ("sending to its own buffer", False, lambda: sqs.send_message(QueueUrl=buffer, MessageBody="{}")),
        ("reading a landed object", False, lambda: s3.get_object(Bucket=bucket, Key=evidence.objects("raw")[0])),
        ("writing for another pipeline", False, lambda: s3.put_object(Bucket=bucket, Key=elsewhere, Body=b"")),
        ("deleting a ledger entry", False, lambda: dynamodb.delete_item(TableName=platform.ledger_table, Key=key)),
        ("overwriting a ledger entry", False, lambda: dynamodb.put_item(TableName=platform.ledger_table, Item=key)),
        (
            "reading the webhook's secret",
            False,
            lambda: secrets.get_secret_value(SecretId=secret),
        ),
    ]


def _outcome(attempt: Callable[[], Any]) -> str:
    try:
        attempt()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return "denied" if code in _DENIED else code
    return "allowed"


def _statements(scene: Scene, telling: Telling) -> None:
    uses = uses_of(scene.session.aws, scene.session.proxy.calls)
    for use in uses:
        telling.say(f"{use.function}: {use.action} on {use.table}, {use.times} times")
    telling.expect("functions have made statements", bool(uses), True)
    telling.expect("every statement is granted by the template", [use for use in uses if not use.allowed], [])


OWN_ROLE = Story("a function has its own role, and a call outside it is denied", _own_role)
STATEMENTS_GRANTED = Story("every PartiQL statement that was made is granted by the template", _statements)
