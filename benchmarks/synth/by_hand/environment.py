"""The environment of the two functions of a webhook pipeline, by hand."""

from __future__ import annotations

from benchmarks.synth.by_hand.platform import EVENT_BUS, LEDGER_TABLE, STATE_TABLE, raw_bucket_name

TENANT = '{"id":"default","isolation":"pooled","key":"path.shop_id","max_share":25,"patience_seconds":7}'


def runner_environment(pipeline: str, function_name: str, queue_url: str, dlq_url: str) -> dict[str, str]:
    """Return what the runner reads at its cold start."""
    bucket = raw_bucket_name()
    return {
        **_telemetry(function_name),
        "PIPELINE_NAME": pipeline,
        "PIPELINE_STAGE": "dev",
        "PIPELINE_DATA_CLASS": "confidential",
        "PIPELINE_MANIFEST_HASH": "by-hand",
        "PIPELINE_SOURCE": "http",
        "PIPELINE_TENANT": TENANT,
        "PIPELINE_IDEMPOTENCY": '{"key":["path.shop_id","body.order_id"],"ttl_seconds":1814400}',
        "PIPELINE_RETRY": (
            '{"backoff_rate":2.0,"errors":["Recoverable"],"interval_seconds":2.0,'
            '"jitter":"full","max_attempts":5,"max_delay_seconds":900.0}'
        ),
        "PIPELINE_CONTRACT": (
            '{"file":"contract.schema.json","id":"order","on_drift":"land_and_flag",'
            '"on_invalid":"quarantine","schema_hash":"by-hand","version":"1"}'
        ),
        "PIPELINE_OUTPUTS": f'[{{"name":"raw","target":"{bucket}","type":"raw"}}]',
        "PIPELINE_SECRETS": "[]",
        "PIPELINE_QUEUE_URL": queue_url,
        "PIPELINE_DLQ_URL": dlq_url,
        "PIPELINE_STATE_TABLE": STATE_TABLE,
        "PIPELINE_LEDGER_TABLE": LEDGER_TABLE,
        "PIPELINE_LEDGER_RETENTION_SECONDS": "34560000",
        "PIPELINE_RAW_BUCKET": bucket,
        "PIPELINE_EVENT_BUS": EVENT_BUS,
    }


def verify_environment(pipeline: str, function_name: str, queue_url: str) -> dict[str, str]:
    """Return what the verifying function reads at its cold start."""
    return {
        **_telemetry(function_name),
        "PIPELINE_NAME": pipeline,
        "PIPELINE_STAGE": "dev",
        "PIPELINE_QUEUE_URL": queue_url,
        "PIPELINE_STATE_TABLE": STATE_TABLE,
        "PIPELINE_WEBHOOK": (
            '{"encoding":"hex","header":"X-Signature","prefix":"","secret":"shop-webhook-key",'
            '"timestamp_header":"X-Timestamp","tolerance_seconds":300}'
        ),
        "PIPELINE_TENANT": TENANT,
    }


def _telemetry(function_name: str) -> dict[str, str]:
    return {
        "POWERTOOLS_SERVICE_NAME": function_name,
        "POWERTOOLS_METRICS_NAMESPACE": "ServerlessPipelines",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_TRACE_DISABLED": "false",
    }
