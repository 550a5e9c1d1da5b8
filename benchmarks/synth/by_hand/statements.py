"""What the two functions of a webhook pipeline may do, by hand."""

from __future__ import annotations

from aws_cdk import Aws, aws_iam

from benchmarks.synth.by_hand.platform import EVENT_BUS, LEDGER_TABLE, STATE_TABLE, raw_bucket_name

HERE = f"{Aws.REGION}:{Aws.ACCOUNT_ID}"
ARN = f"arn:{Aws.PARTITION}"
CLAIM_CALLS = ["dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:BatchGetItem"]
LEDGER_CALLS = ["dynamodb:PartiQLInsert", "dynamodb:BatchGetItem"]
QUEUE_CALLS = [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ChangeMessageVisibility",
]


def runner_statements(pipeline: str, function_name: str, queue: str, dlq: str) -> list[aws_iam.PolicyStatement]:
    """Return the runner's rights; ``queue`` and ``dlq`` are ARNs."""
    objects = f"{ARN}:s3:::{raw_bucket_name()}"
    return [
        _on_table("Claims", CLAIM_CALLS, STATE_TABLE, pipeline),
        _on_table("Ledger", LEDGER_CALLS, LEDGER_TABLE, pipeline),
        _allow("TakeMessages", QUEUE_CALLS, queue),
        _allow("SendDeadLetters", ["sqs:SendMessage"], dlq),
        _allow("Quarantine", ["s3:PutObject"], f"{objects}/quarantine/{pipeline}/*"),
        aws_iam.PolicyStatement(
            sid="Events",
            actions=["events:PutEvents"],
            resources=[f"{ARN}:events:{HERE}:event-bus/{EVENT_BUS}"],
            conditions={"ForAllValues:StringEquals": {"events:source": "serverless-pipelines"}},
        ),
        _allow("LandRaw", ["s3:PutObject"], f"{objects}/raw/{pipeline}/*"),
        *_telemetry(function_name),
    ]


def verify_statements(pipeline: str, function_name: str, queue: str, secret: str) -> list[aws_iam.PolicyStatement]:
    """Return the verifying function's rights; ``queue`` is an ARN, ``secret`` a name."""
    return [
        _allow("Enqueue", ["sqs:SendMessage"], queue),
        _allow("Secret", ["secretsmanager:GetSecretValue"], f"{ARN}:secretsmanager:{HERE}:secret:{secret}-??????"),
        _on_table("Signatures", ["dynamodb:GetItem", "dynamodb:PutItem"], STATE_TABLE, pipeline),
        *_telemetry(function_name),
    ]


def _telemetry(function_name: str) -> list[aws_iam.PolicyStatement]:
    logs = f"{ARN}:logs:{HERE}:log-group:/aws/lambda/{function_name}:*"
    return [
        _allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], logs),
        _allow("Traces", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
    ]


def _allow(sid: str, actions: list[str], resource: str) -> aws_iam.PolicyStatement:
    return aws_iam.PolicyStatement(sid=sid, actions=actions, resources=[resource])


def _on_table(sid: str, actions: list[str], table: str, pipeline: str) -> aws_iam.PolicyStatement:
    return aws_iam.PolicyStatement(
        sid=sid,
        actions=actions,
        resources=[f"{ARN}:dynamodb:{HERE}:table/{table}"],
        conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{pipeline}#*"]}},
    )
