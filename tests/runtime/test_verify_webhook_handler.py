"""The Lambda handler of the verifying function, joined with the AWS services of moto."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from constructs_lib.drills.memory.dynamodb import MemoryDynamoDB
from constructs_lib.drills.memory.faults import Calls
from constructs_lib.drills.world import new_logger_name
from functions.contract.environment import Variable
from functions.contract.metric import WebhookMetric
from functions.runtime.errors import SettingsError
from functions.runtime.telemetry import make_logger
from functions.verify_webhook.handler import verify_webhook
from functions.verify_webhook.logic import WebhookServices
from functions.verify_webhook.nonces import DynamoNonces, Nonce
from functions.verify_webhook.settings import VerifySettings
from tests.runtime.test_telemetry import metrics_of
from tests.runtime.webhook_shop import SETTINGS, Shop

if TYPE_CHECKING:
    from functions.take_requests.front import Front

ENVIRONMENT = {
    Variable.PIPELINE.value: "shop-orders",
    Variable.STAGE.value: "dev",
    Variable.STATE_TABLE.value: "state",
    Variable.QUEUE_URL.value: "https://queue/buffer",
    Variable.WEBHOOK.value: SETTINGS.to_json(),
}


def joined(shop: Shop) -> Front:
    services = WebhookServices(
        fetch_secret=shop.fetch,
        redactor=shop.redactor,
        nonces=shop,
        send=shop.send,
        now=lambda: shop.now,
        logger=make_logger("shop-orders", "dev", new_logger_name(), shop.redactor, shop.log),
    )
    return verify_webhook(VerifySettings.from_environment(ENVIRONMENT), services)


def test_a_request_is_answered_counted_and_logged_without_its_content(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    handler = joined(shop)
    response = handler(shop.event(), None)
    assert (response["statusCode"], response["headers"]) == (202, {"content-type": "application/json"})
    assert json.loads(response["body"])["status"] == "accepted"
    handler(shop.event(), None)
    handler(shop.event(x_shop_signature="0" * 64), None)
    counted = [(name, value) for name, value, _ in metrics_of(capsys.readouterr().out)]
    assert counted == [(WebhookMetric.ACCEPTED, 1), (WebhookMetric.REPLAYED, 1), (WebhookMetric.REJECTED, 1)]
    lines = [json.loads(line) for line in shop.log.getvalue().splitlines()]
    assert [(line["status"], line.get("code")) for line in lines] == [
        (202, None),
        (202, "duplicate"),
        (401, "signature-mismatch"),
    ]
    assert [(line["message"], line.get("message_id")) for line in lines] == [
        ("webhook answered", "message-1"),
        ("webhook answered", None),
        ("webhook answered", None),
    ]
    assert "message-1" not in response["body"]
    assert "o-1" not in shop.log.getvalue()


@pytest.mark.parametrize("variable", list(ENVIRONMENT))
def test_a_missing_variable_stops_the_cold_start_with_its_name(variable: str) -> None:
    known = {name: value for name, value in ENVIRONMENT.items() if name != variable}
    with pytest.raises(SettingsError, match=f"{variable} is missing"):
        VerifySettings.from_environment(known)


@pytest.mark.parametrize("webhook", ["{}", SETTINGS.to_json().replace("hex", "rot13"), SETTINGS.to_json()[:-1]])
def test_a_malformed_webhook_stops_the_cold_start(webhook: str) -> None:
    with pytest.raises(SettingsError, match="PIPELINE_WEBHOOK is malformed"):
        VerifySettings.from_environment({**ENVIRONMENT, Variable.WEBHOOK: webhook})


def test_in_lambda_the_environment_is_read_when_the_module_is_imported() -> None:
    script = "import functions.verify_webhook.handler"
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script]
        return subprocess.run(command, capture_output=True, text=True, env={**base, **variables}, check=False)

    assert run().returncode == 0
    assert run(AWS_LAMBDA_FUNCTION_NAME="verify", **ENVIRONMENT).returncode == 0
    missing = run(AWS_LAMBDA_FUNCTION_NAME="verify")
    assert missing.returncode != 0
    assert "PIPELINE_QUEUE_URL is missing" in missing.stderr


def test_an_accepted_signature_is_kept_and_found() -> None:
    dynamodb = MemoryDynamoDB(Calls())
    nonces = DynamoNonces(lambda: dynamodb, "state", "shop-orders")
    nonce = Nonce("s" * 64, "target", "r-1", 99)
    assert nonces.find(nonce.signature_id) is None
    nonces.keep(nonce)
    assert nonces.find(nonce.signature_id) == nonce
    (item,) = dynamodb.items("state")
    assert item["pk"] == {"S": f"shop-orders#webhook#{nonce.signature_id}"}
    assert item["expires_at"] == {"N": "99"}


DEPLOYED = """
import json, sys
from moto import mock_aws
import boto3
from tests.runtime.webhook_shop import Shop

with mock_aws():
    secrets, sqs = boto3.client("secretsmanager"), boto3.client("sqs")
    secrets.create_secret(Name="shop-webhook-key", SecretString="current")
    url = sqs.create_queue(QueueName="buffer")["QueueUrl"]
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    types = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
    boto3.client("dynamodb").create_table(
        TableName="state", KeySchema=keys, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST"
    )
    import os, time
    os.environ["PIPELINE_QUEUE_URL"] = url
    from functions.verify_webhook.handler import handler

    shop = Shop(now=time.time())
    event = shop.event()
    answers = [handler(event, None), handler(event, None), handler(shop.event(x_shop_signature="0" * 64), None)]
    got = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10)["Messages"]
    told = [json.loads(answer["body"])["status"] for answer in answers]
    path = got[0]["MessageAttributes"]["path.shop_id"]["StringValue"]
    print(json.dumps([told, len(got), got[0]["Body"], path]), file=sys.stderr)
"""


def test_the_deployed_function_works_with_its_real_clients() -> None:
    """In a process of its own, as clients are made once per environment."""
    known = {**os.environ, **ENVIRONMENT, "AWS_DEFAULT_REGION": "eu-west-1", "AWS_LAMBDA_FUNCTION_NAME": "verify"}
    known |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    done = subprocess.run([sys.executable, "-c", DEPLOYED], capture_output=True, text=True, env=known, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr.splitlines()[-1]) == [
        ["accepted", "duplicate", "refused"],
        1,
        '{"order_id": "o-1"}',
        "s-1",
    ]
