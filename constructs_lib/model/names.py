"""Physical names and ARNs, made from the names alone; pseudo parameters stay for the deployment to resolve."""

from __future__ import annotations

import re

from constructs_lib.errors import Fault, PlanError
from constructs_lib.model.plan import PlatformNames

STAGE = re.compile(r"[a-z][a-z0-9]{0,9}")
PLATFORM = re.compile(r"[a-z][a-z0-9-]{0,18}[a-z0-9]|[a-z]")
"""Stage and platform together leave room for account and region in the 63 characters of a bucket's name."""
_ARN = "arn:${AWS::Partition}"
_HERE = "${AWS::Region}:${AWS::AccountId}"


def queue_arn(name: str) -> str:
    """Return the ARN of a queue in the deploying account and region."""
    return f"{_ARN}:sqs:{_HERE}:{name}"


def queue_url(name: str) -> str:
    """Return the URL of a queue in the deploying account and region."""
    return "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/" + name


def name_of(arn: str) -> str:
    """Return the last part of an ARN: the name of a queue."""
    return arn.rpartition(":")[2]


def queue_url_of(arn: str) -> str:
    """Return the URL of a queue by its ARN."""
    _, _, _, region, account, name = arn.split(":", 5)
    return f"https://sqs.{region}." + "${AWS::URLSuffix}" + f"/{account}/{name}"


def table_arn(name: str) -> str:
    """Return the ARN of a DynamoDB table in the deploying account and region."""
    return f"{_ARN}:dynamodb:{_HERE}:table/{name}"


def index_arn(table: str, index: str) -> str:
    """Return the ARN of an index of a DynamoDB table."""
    return f"{table_arn(table)}/index/{index}"


def stream_parameter(platform: PlatformNames, table: str) -> str:
    """Return the SSM parameter that holds the ARN of a table's stream, for the pipelines that read it."""
    return f"/{platform.platform}/{platform.stage}/tables/{table}/stream-arn"


def stream_arn(table: str) -> str:
    """Return the ARN pattern of a table's stream, which is named after the moment in which it was switched on."""
    return f"{table_arn(table)}/stream/*"


def bucket_arn(bucket: str) -> str:
    """Return the ARN of a bucket."""
    return f"{_ARN}:s3:::{bucket}"


def objects_arn(bucket: str, pattern: str) -> str:
    """Return the ARN of the objects of a bucket that match ``pattern``."""
    return f"{_ARN}:s3:::{bucket}/{pattern}"


def secret_arn(name: str) -> str:
    """Return the ARN pattern of a secret by name; Secrets Manager appends six random characters."""
    return f"{_ARN}:secretsmanager:{_HERE}:secret:{name}-??????"


def function_versions_arn(name: str) -> str:
    """Return the ARN pattern of the versions of a function in the deploying account and region."""
    return f"{_ARN}:lambda:{_HERE}:function:{name}:*"


def log_group_name(function_name: str) -> str:
    """Return the log group that Lambda writes to for a function."""
    return f"/aws/lambda/{function_name}"


def log_group_arn(function_name: str) -> str:
    """Return the ARN of a function's log group and of every stream in it."""
    return f"{_ARN}:logs:{_HERE}:log-group:{log_group_name(function_name)}:*"


def mapping_id(mapping: str) -> str:
    """Return what stands for the id of a mapping of the plan, which its deployment gives it."""
    return "${Mapping." + mapping + "}"


def mapping_arn(mapping: str) -> str:
    """Return the ARN of a mapping of the plan."""
    return f"{_ARN}:lambda:{_HERE}:event-source-mapping:{mapping_id(mapping)}"


def made_stream(resource: str) -> str:
    """Return what stands for the ARN of the stream of a resource of the plan, which its deployment gives it."""
    return "${Stream." + resource + "}"


def topic_arn(name: str) -> str:
    """Return the ARN of an SNS topic in the deploying account and region."""
    return f"{_ARN}:sns:{_HERE}:{name}"


def event_bus_arn(name: str) -> str:
    """Return the ARN of an EventBridge bus in the deploying account and region."""
    return f"{_ARN}:events:{_HERE}:event-bus/{name}"


def rule_arn(bus: str, rule: str) -> str:
    """Return the ARN of a rule of an EventBridge bus in the deploying account and region."""
    return f"{_ARN}:events:{_HERE}:rule/{rule}" if bus == "default" else f"{_ARN}:events:{_HERE}:rule/{bus}/{rule}"


def topic_rule_arn(name: str) -> str:
    """Return the ARN of a rule of AWS IoT in the deploying account and region."""
    return f"{_ARN}:iot:{_HERE}:rule/{name}"


def archive_arn(name: str) -> str:
    """Return the ARN of an archive of EventBridge in the deploying account and region."""
    return f"{_ARN}:events:{_HERE}:archive/{name}"


def platform_names(platform: str, stage: str, *, customer_key: bool = False) -> PlatformNames:
    """Return the names of what the pipelines of one platform share in one stage.

    Raises:
        PlanError: ``stage-wrong`` or ``platform-wrong``.
    """
    faults = [*stage_faults(stage), *_platform_faults(platform)]
    if faults:
        raise PlanError(faults)
    prefix = f"{platform}-{stage}"
    return PlatformNames(
        platform=platform,
        stage=stage,
        raw_bucket=f"{prefix}-raw-" + "${AWS::AccountId}-${AWS::Region}",
        evidence_bucket=f"{prefix}-evd-" + "${AWS::AccountId}-${AWS::Region}",
        ledger_table=f"{prefix}-ledger",
        state_table=f"{prefix}-state",
        layer_parameter=f"/{platform}/{stage}/runtime-layer-arn",
        alarm_topic=f"{prefix}-alarms",
        event_bus=f"{prefix}-events",
        key_parameter=f"/{platform}/{stage}/key-arn" if customer_key else None,
    )


def shared_api_id(api_name: str) -> str:
    """Return the construct id in its stack of an API that pipelines share."""
    return f"Api-{api_name}"


def client_key_id(client: str) -> str:
    """Return the id in the plan of the API key of a client."""
    return f"key_{client.replace('-', '_')}"


def stage_faults(stage: str) -> list[Fault]:
    """Return what is wrong with the name of a stage, if anything."""
    if STAGE.fullmatch(stage):
        return []
    allowed = "1 to 10 lower case letters and digits, a letter first"
    return [Fault("stage-wrong", "stage", f"{stage!r} cannot be a part of names", allowed, "write dev or prod")]


def _platform_faults(platform: str) -> list[Fault]:
    if PLATFORM.fullmatch(platform):
        return []
    found = f"{platform!r} cannot be a part of names"
    allowed = "1 to 20 lower case letters, digits and dashes, a letter first and no dash last"
    fix = "shorten it; a pipeline that is given no platform brings one of its own name, so give it one"
    return [Fault("platform-wrong", "platform", found, allowed, fix)]
