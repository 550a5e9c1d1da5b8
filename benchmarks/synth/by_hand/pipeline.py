"""One webhook pipeline by hand: API, verifying function, buffer and dead-letter queue, runner, alarms, dashboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from aws_cdk import (
    Duration,
    RemovalPolicy,
    Stack,
    Tags,
    aws_apigatewayv2,
    aws_apigatewayv2_integrations,
    aws_lambda,
    aws_lambda_event_sources,
    aws_logs,
    aws_sqs,
    aws_ssm,
)

from benchmarks.synth.by_hand.environment import runner_environment, verify_environment
from benchmarks.synth.by_hand.functions import FunctionByHand, Settings, build_function
from benchmarks.synth.by_hand.observability import build_alarms, build_dashboard
from benchmarks.synth.by_hand.platform import LAYER_PARAMETER
from benchmarks.synth.by_hand.statements import runner_statements, verify_statements

if TYPE_CHECKING:
    from constructs import Construct

ACCESS_LOG = json.dumps(
    {
        "requestId": "$context.requestId",
        "requestTime": "$context.requestTime",
        "sourceIp": "$context.identity.sourceIp",
        "routeKey": "$context.routeKey",
        "status": "$context.status",
        "responseLength": "$context.responseLength",
        "error": "$context.error.message",
        "integrationError": "$context.integrationErrorMessage",
    }
)
VISIBILITY = 362
"""Seconds: six timeouts of the runner and the batching window."""


class WebhookByHand(Stack):
    """The stack of one pipeline."""

    def __init__(self, scope: Construct, id: str, *, pipeline: str, code: str) -> None:
        """Make it; ``code`` is the folder of the finished bundle."""
        super().__init__(scope, id)
        self.pipeline = pipeline
        self.prefix = f"{pipeline}-dev"
        self.dlq = self._build_queue("dlq", retention=14)
        self.queue = self._build_queue("buffer", retention=4, dead_letters=self.dlq)
        layer_arn = aws_ssm.StringParameter.value_for_string_parameter(self, LAYER_PARAMETER)
        self.layer = aws_lambda.LayerVersion.from_layer_version_arn(self, "RuntimeLayer", layer_arn)
        self.runner = self._build_runner(code)
        self.verify = self._build_verify()
        self._build_api()
        self._add_mapping()
        self._observe()
        self._tag()

    def _build_queue(self, name: str, retention: int, dead_letters: aws_sqs.Queue | None = None) -> aws_sqs.Queue:
        redrive = aws_sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=5) if dead_letters else None
        return aws_sqs.Queue(
            self,
            name.capitalize(),
            queue_name=f"{self.prefix}-{name}",
            visibility_timeout=Duration.seconds(VISIBILITY),
            retention_period=Duration.days(retention),
            dead_letter_queue=redrive,
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.DESTROY if dead_letters else RemovalPolicy.RETAIN,
        )

    def _build_runner(self, code: str) -> FunctionByHand:
        name = f"{self.prefix}-land-order"
        settings = Settings(
            name=name,
            description=f"Runs handlers.orders:land_order for the pipeline {self.pipeline}.",
            handler="handlers.orders.land_order",
            code=aws_lambda.Code.from_asset(code),
            memory=512,
            timeout=60,
            environment=runner_environment(self.pipeline, name, self.queue.queue_url, self.dlq.queue_url),
            statements=runner_statements(self.pipeline, name, self.queue.queue_arn, self.dlq.queue_arn),
        )
        return build_function(self, "LandOrder", self.layer, settings)

    def _build_verify(self) -> FunctionByHand:
        name = f"{self.prefix}-verify"
        settings = Settings(
            name=name,
            description=f"Verifies the webhook signatures of the pipeline {self.pipeline}.",
            handler="functions.verify_webhook.handler.handler",
            code=aws_lambda.Code.from_inline("# The code of this function is in the runtime layer.\n"),
            memory=256,
            timeout=10,
            environment=verify_environment(self.pipeline, name, self.queue.queue_url),
            statements=verify_statements(self.pipeline, name, self.queue.queue_arn, "shop-webhook-key"),
        )
        return build_function(self, "Verify", self.layer, settings)

    def _build_api(self) -> None:
        api = aws_apigatewayv2.HttpApi(self, "Api", api_name=f"{self.prefix}-api", create_default_stage=False)
        logs = aws_logs.LogGroup(
            self,
            "ApiLogs",
            log_group_name=f"/aws/vendedlogs/{self.prefix}-api",
            retention=aws_logs.RetentionDays.THREE_MONTHS,
            removal_policy=RemovalPolicy.RETAIN,
        )
        stage = aws_apigatewayv2.HttpStage(
            self,
            "Stage",
            http_api=api,
            stage_name="$default",
            auto_deploy=True,
            throttle=aws_apigatewayv2.ThrottleSettings(rate_limit=200, burst_limit=400),
            detailed_metrics_enabled=True,
        )
        # HttpStage takes its access log as an interface, which a Python object can only give by calls back from Node.
        resource = cast("aws_apigatewayv2.CfnStage", stage.node.default_child)
        resource.access_log_settings = aws_apigatewayv2.CfnStage.AccessLogSettingsProperty(
            destination_arn=logs.log_group_arn, format=ACCESS_LOG
        )
        api.add_routes(
            path="/shops/{shop_id}/orders",
            methods=[aws_apigatewayv2.HttpMethod.POST],
            integration=aws_apigatewayv2_integrations.HttpLambdaIntegration("Verify", self.verify.alias),
        )

    def _add_mapping(self) -> None:
        source = aws_lambda_event_sources.SqsEventSource(
            self.queue,
            batch_size=10,
            max_batching_window=Duration.seconds(2),
            report_batch_item_failures=True,
            max_concurrency=20,
        )
        self.runner.alias.add_event_source(source)

    def _observe(self) -> None:
        functions = {"land_order": self.runner.function, "verify": self.verify.function}
        queues = {"buffer": self.queue, "dlq": self.dlq}
        build_alarms(self, self.prefix, self.queue, self.dlq, functions)
        build_dashboard(self, self.pipeline, queues, functions, f"{self.prefix}-land-order")

    def _tag(self) -> None:
        tags = Tags.of(self)
        tags.add("cost-centre", "shops")
        tags.add("pipeline", self.pipeline)
        tags.add("owner", "orders-team@example.com")
        tags.add("stage", "dev")
        tags.add("data-class", "confidential")
