"""Findings of cdk-nag that are right to stand on what this library builds, each on one resource with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.composition.workflow.closing import CLOSE_RUN, CLOSED
from constructs_lib.governance.acknowledge import acknowledge
from constructs_lib.patterns.pipeline import PIPELINES
from constructs_lib.patterns.platform import PLATFORMS

if TYPE_CHECKING:
    from aws_cdk import aws_iam, aws_lambda
    from constructs import IConstruct

    from constructs_lib.model.functions import FunctionPlan, Grant
    from constructs_lib.model.intake import RoutePlan
    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.model.state_machine import StateMachinePlan
    from constructs_lib.patterns import Pipeline, Platform

OWN_PREFIX: Final = "Which objects there will be is not known before; the grant is for the declared prefix alone."
OWN_LOG: Final = "A log group has many streams, and the function makes them; the grant is for its own log group alone."
OWN_OBJECTS: Final = "Every record lands under a key of its own; the grant is for the pipeline's own prefix alone."
NO_RESOURCE: Final = "X-Ray takes no resource in a grant: PutTraceSegments and PutTelemetryRecords allow only *."
LOG_DELIVERY_HAS_NONE: Final = "CloudWatch Logs takes no resource in a grant for the delivery of a service's logs."
TESTED_RUNTIME: Final = "The runtime is tested on Python 3.11 to 3.13, and the functions run on the newest of these."
READS_A_QUEUE: Final = "The function is never invoked asynchronously; a record that fails ends in the queue's own DLQ."
CALLED_BY_STEPS: Final = "The function is called by the state machine alone, which retries, catches and tells of it."
TOLD_OF_ENDS: Final = "EventBridge calls again for a day; runs that end without a word set off an alarm, too."
ITS_VERSIONS: Final = "Executions that are under way call the versions that they began with; the function is exact."
ITS_EXECUTIONS: Final = "Executions are named by their run tokens; the grant is for those of one state machine."
READS_A_STREAM: Final = "The function is never invoked asynchronously; what Lambda gives up is told to the DLQ."
ANSWERS_A_CALLER: Final = "The function is invoked synchronously by the API; its caller is told when it fails."
IS_THE_DLQ: Final = "This queue is the dead-letter queue; what is in it waits for triage and replay."
HAS_NO_REDRIVE: Final = "The existing queue redrives as its owner says; the runtime itself sends to this queue."
TAKES_FROM_STREAM: Final = "A stream has no redrive; the runtime and the stream's mapping send to this queue."
QUEUE_REDRIVES: Final = "A mapping from SQS takes no destination; the queue's redrive policy keeps what failed."
OWN_STREAM: Final = "A stream is named after the moment in which it is made; the grant is for the ledger's alone."
OWN_EVIDENCE: Final = "Evidence is kept under keys of its own; the grant is for one prefix of the evidence bucket."
STREAM_KEEPS: Final = "Nothing is given up: the stream keeps what failed, tells it again, and an alarm watches its age."
CATCHES_UP: Final = "A stream is read again and a missed day is sealed by the next run; alarms watch both."
SIGNED_BODY: Final = "A gateway authorizer sees no body; the function behind the route checks the signature over it."
OPEN_BY_APPROVAL: Final = "Pipeline::open-endpoint judges this route and asks for an approval with an end."
STORED_OBJECTS: Final = "A bucket store has many objects; the grant is for the declared bucket and prefix alone."
STORE_GRANT: Final = re.compile(r"(Read|Write|Delete)Store")
LOGS_AS_DECLARED: Final = "The state machine logs what workflow.log_level says: errors, unless somebody wants more."
LOGS_ELSEWHERE: Final = (
    "Access logs would need a log bucket per pipeline; where reads must be told, CloudTrail data events tell them."
)
PUT_OBJECTS: Final = "PutObjects"
"""How the grants of s3 outputs begin; each output has one of its own."""
REASONS_BY_GRANT: Final = {
    "Logs": OWN_LOG,
    "Traces": NO_RESOURCE,
    "Quarantine": OWN_OBJECTS,
    "LandRaw": OWN_OBJECTS,
    "Values": OWN_OBJECTS,
    "CallSteps": ITS_VERSIONS,
    "FollowOthers": ITS_EXECUTIONS,
    "FollowItems": ITS_EXECUTIONS,
    "CountItems": ITS_EXECUTIONS,
    "ReadExecutions": ITS_EXECUTIONS,
    "LogDelivery": LOG_DELIVERY_HAS_NONE,
    "LargeBodies": OWN_OBJECTS,
    "LargeParts": OWN_OBJECTS,
    "ReadSource": OWN_PREFIX,
    "ReadStream": OWN_STREAM,
    "AddEvidence": OWN_EVIDENCE,
    "ReadEvidence": OWN_EVIDENCE,
}
CLIENTS_HAVE_KEYS: Final = "The method requires an API key of a usage plan, which clients send with every request."
NO_KEY_IN_PREFLIGHTS: Final = (
    "Browsers send no key with a preflight; it is answered by the gateway and reaches nothing."
)
CONTRACT_AT_THE_RUNNER: Final = "The runner checks records against the contract, where what breaks it leaves evidence."
FIREWALL_IS_THE_ORGANISATIONS: Final = (
    "A web ACL belongs to an organisation; keys, throttle and quota bound each client."
)
LOGS_OF_THE_REGION: Final = (
    "API Gateway writes the logs of all REST APIs of a region with one role, by AWS's own policy."
)
REASONS_BY_AUTH: Final = {"hmac": SIGNED_BODY, "none": OPEN_BY_APPROVAL, "api_key": CLIENTS_HAVE_KEYS}
_LOG_POLICY: Final = "arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
ACCEPTED_OF_REST: Final = {
    "rest_api": ("AwsSolutions-APIG2", CONTRACT_AT_THE_RUNNER),
    "rest_stage": ("AwsSolutions-APIG3", FIREWALL_IS_THE_ORGANISATIONS),
    "gateway_log_role": (f"AwsSolutions-IAM4[Policy::{_LOG_POLICY}]", LOGS_OF_THE_REGION),
    "preflight": ("AwsSolutions-APIG4", NO_KEY_IN_PREFLIGHTS),
}
"""What stands on the resources of a REST API, by their ids in the plan."""


@dataclass(frozen=True)
class Accepted:
    """One finding on one resource that stands, and why."""

    construct: IConstruct
    finding: str
    reason: str


def accept_known_findings(root: IConstruct) -> None:
    """Acknowledge the known findings of every pipeline and platform of an app, now or when it is made."""
    PIPELINES.watch(root, _accept_pipeline)
    PLATFORMS.watch(root, _accept_platform)


def _accept_pipeline(pipeline: Pipeline) -> None:
    _acknowledge_all(of_pipeline(pipeline))


def _accept_platform(platform: Platform) -> None:
    _acknowledge_all(of_platform(platform))


def _acknowledge_all(items: Iterable[Accepted]) -> None:
    for item in items:
        acknowledge(item.construct, item.finding, item.reason)


def of_platform(platform: Platform) -> Iterator[Accepted]:
    """Yield the findings that stand on a platform."""
    for plan in platform.evidence.plans.values():
        built = platform.evidence.built[plan.id]
        yield from _of_function(plan, built.function, built.role, CATCHES_UP)
    yield Accepted(platform.evidence.mapping, "Serverless-LambdaEventSourceMappingDestination", STREAM_KEEPS)


def of_pipeline(pipeline: Pipeline) -> Iterator[Accepted]:
    """Yield the findings that stand on a pipeline."""
    for function in pipeline.plan.functions:
        invoked = _how_invoked(function, pipeline.plan)
        yield from _of_function(function, pipeline.functions[function.id], pipeline.roles[function.id], invoked)
    for queue in pipeline.plan.queues:
        if queue.dead_letter_queue is None and not queue.existing:
            yield Accepted(pipeline.queues[queue.id], "Serverless-SQSRedrivePolicy", IS_THE_DLQ)
    if pipeline.plan.state_machine:
        yield from _of_state_machine(pipeline, pipeline.plan.state_machine)
    yield from _of_dead_letters(pipeline)
    for mapping in (pipeline.mappings[plan.id] for plan in pipeline.plan.mappings):
        yield Accepted(mapping, "Serverless-LambdaEventSourceMappingDestination", QUEUE_REDRIVES)
    for resource in pipeline.plan.resources:
        if resource.type == "AWS::S3::Bucket" and not resource.existing:
            yield Accepted(pipeline.resources[resource.id], "AwsSolutions-S1", LOGS_ELSEWHERE)
        if resource.type == "AWS::SQS::Queue" and resource.id.endswith("-dlq") and not resource.existing:
            yield Accepted(pipeline.resources[resource.id], "Serverless-SQSRedrivePolicy", IS_THE_DLQ)
    for route in pipeline.plan.routes:
        if route.auth in REASONS_BY_AUTH:
            yield Accepted(pipeline.routes[route.id], "AwsSolutions-APIG4", REASONS_BY_AUTH[route.auth])
        if route.gateway == "rest":
            yield from _of_rest_api(pipeline, route)


def _of_rest_api(pipeline: Pipeline, route: RoutePlan) -> Iterator[Accepted]:
    yield Accepted(pipeline.routes[route.id], "AwsSolutions-COG4", CLIENTS_HAVE_KEYS)
    for id, (finding, reason) in ACCEPTED_OF_REST.items():
        if id in pipeline.resources:
            yield Accepted(pipeline.resources[id], finding, reason)


def _of_dead_letters(pipeline: Pipeline) -> Iterator[Accepted]:
    if pipeline.plan.streams:
        yield Accepted(pipeline.dlq, "AwsSolutions-SQS3", TAKES_FROM_STREAM)
    if any(queue.existing for queue in pipeline.plan.queues):
        yield Accepted(pipeline.dlq, "AwsSolutions-SQS3", HAS_NO_REDRIVE)


def _of_state_machine(pipeline: Pipeline, machine: StateMachinePlan) -> Iterator[Accepted]:
    yield from _of_grants(machine.grants, pipeline.state_machine_role)
    yield Accepted(pipeline.state_machine, "AwsSolutions-SF1", LOGS_AS_DECLARED)
    if CLOSED in pipeline.resources:
        yield Accepted(pipeline.resources[CLOSED], "Serverless-EventBusDLQ", TOLD_OF_ENDS)


def _of_grants(grants: Iterable[Grant], role: aws_iam.Role) -> Iterator[Accepted]:
    wildcards = [(grant.sid, resource) for grant in grants for resource in grant.resources if "*" in resource]
    reasons = {resource: reason for sid, resource in wildcards if (reason := _reason(sid))}
    for resource, reason in reasons.items():
        yield Accepted(role, f"AwsSolutions-IAM5[Resource::{_as_nag_prints(resource)}]", reason)


def _how_invoked(function: FunctionPlan, plan: PipelinePlan) -> str:
    if function.id in {mapping.function for mapping in plan.mappings}:
        return READS_A_QUEUE
    if function.keeps_versions:
        return CALLED_BY_STEPS
    if function.id == CLOSE_RUN:
        return TOLD_OF_ENDS
    return READS_A_STREAM if function.id in {stream.function for stream in plan.streams} else ANSWERS_A_CALLER


def _of_function(
    plan: FunctionPlan, function: aws_lambda.Function, role: aws_iam.Role, invoked: str
) -> Iterator[Accepted]:
    yield Accepted(function, "AwsSolutions-L1", TESTED_RUNTIME)
    yield Accepted(function, "Serverless-LambdaLatestVersion", TESTED_RUNTIME)
    yield Accepted(function, "Serverless-LambdaDLQ", invoked)
    yield from _of_grants(plan.grants, role)
    if plan.tracing:
        yield Accepted(role, "Serverless-LambdaStarPermissions", NO_RESOURCE)


def _reason(sid: str) -> str | None:
    if sid.startswith(PUT_OBJECTS):
        return OWN_PREFIX
    return STORED_OBJECTS if STORE_GRANT.match(sid) else REASONS_BY_GRANT.get(sid)


def _as_nag_prints(resource: str) -> str:
    return resource.replace("${", "<").replace("}", ">")
