"""The same work on Powertools: batch processor, idempotent function, one object and one ledger item per record.

It is what Powertools' documentation advises for SQS, with a ledger written by hand. Clients are made at the cold start.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import fastjsonschema
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext

PIPELINE = os.environ["PIPELINE_NAME"]
BUCKET = os.environ["PIPELINE_RAW_BUCKET"]
LEDGER = os.environ["PIPELINE_LEDGER_TABLE"]
RETENTION = int(os.environ["PIPELINE_LEDGER_RETENTION_SECONDS"])

logger = Logger()
tracer = Tracer()
metrics = Metrics()
s3 = boto3.client("s3")
dynamodb = boto3.client("dynamodb")
processor = BatchProcessor(event_type=EventType.SQS)
store = DynamoDBPersistenceLayer(table_name=os.environ["PEER_STATE_TABLE"])
config = IdempotencyConfig(
    event_key_jmespath="[path.shop_id, body.order_id]",
    payload_validation_jmespath="body",
    expires_after_seconds=21 * 86_400,
)
schema = Path(os.environ["PEER_CONTRACT"]).read_bytes()
contract = fastjsonschema.compile(json.loads(schema))
SCHEMA_HASH = hashlib.sha256(schema).hexdigest()


def _land(*, order: dict[str, Any], record: SQSRecord) -> None:
    """Land one order and note it in the ledger."""
    started = time.time()
    contract(order["body"])
    now = datetime.now(UTC)
    key = f"raw/{PIPELINE}/load_date={now:%Y-%m-%d}/run_id={record.message_id}/records.ndjson"
    s3.put_object(
        Bucket=BUCKET,
        Key=key,
        Body=record.body.encode() + b"\n",
        ContentType="application/x-ndjson",
        Metadata={"pipeline": PIPELINE, "source-id": "http", "record-count": "1", "contract-version": "1"},
    )
    dynamodb.put_item(TableName=LEDGER, Item=_ledger_item(order, record, key, now, started))


land: Callable[..., None] = idempotent_function(
    _land, data_keyword_argument="order", persistence_store=store, config=config
)
"""The same, once for each order; another payload under the same key is an error."""


def _ledger_item(
    order: dict[str, Any], record: SQSRecord, key: str, now: datetime, started: float
) -> dict[str, dict[str, str]]:
    token = f"{order['path']['shop_id']}-{order['body']['order_id']}"
    texts = {
        "pk": f"{PIPELINE}#{token}",
        "sk": "succeeded",
        "pipeline": PIPELINE,
        "stage": os.environ["PIPELINE_STAGE"],
        "tenant": order["path"]["shop_id"],
        "run_token": token,
        "run_id": record.message_id,
        "status": "succeeded",
        "recorded_at": now.isoformat(),
        "function": os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        "function_version": os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        "correlation_id": record.message_id,
        "payload_hash": hashlib.sha256(record.body.encode()).hexdigest(),
        "manifest_hash": os.environ["PIPELINE_MANIFEST_HASH"],
        "contract_id": "order",
        "contract_version": "1",
        "schema_hash": SCHEMA_HASH,
        "location": f"s3://{BUCKET}/{key}",
    }
    numbers = {
        "attempt": int(record.attributes.approximate_receive_count),
        "duration_ms": int((time.time() - started) * 1000),
        "expires_at": int(now.timestamp()) + RETENTION,
    }
    return {name: {"S": text} for name, text in texts.items()} | {n: {"N": str(v)} for n, v in numbers.items()}


@tracer.capture_method
def handle_record(record: SQSRecord) -> None:
    """Process one message."""
    logger.append_keys(correlation_id=record.message_id)
    shop = record.message_attributes["path.shop_id"]
    path = {"shop_id": shop.string_value if shop else None}
    land(order={"body": record.json_body, "path": path}, record=record)
    metrics.add_metric(name="RecordsLanded", unit=MetricUnit.Count, value=1)


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Process one batch; what failed stays on the queue."""
    config.register_lambda_context(context)
    return process_partial_response(event=event, record_handler=handle_record, processor=processor, context=context)
