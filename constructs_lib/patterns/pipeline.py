"""The construct of one pipeline: everything that its plan says, with every resource as an attribute."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from aws_cdk import (
    CfnResource,
    Fn,
    Stack,
    Tags,
    aws_apigatewayv2,
    aws_dynamodb,
    aws_iam,
    aws_lambda,
    aws_logs,
    aws_s3,
    aws_sqs,
    aws_stepfunctions,
)
from constructs import Construct

from constructs_lib.composition import plan_pipeline
from constructs_lib.model.names import log_group_name, mapping_id, shared_api_id
from constructs_lib.patterns.bundling import Bundler
from constructs_lib.patterns.fan_out import add_fan_out
from constructs_lib.patterns.fragment import Fragment
from constructs_lib.patterns.functions import PlannedFunction, asset_code, build_function, construct_id, platform_code
from constructs_lib.patterns.neighbours import Neighbour, refuse_clashes
from constructs_lib.patterns.overrides import refuse_unknown_properties
from constructs_lib.patterns.pipeline_leaves import add_leaves
from constructs_lib.patterns.platform import Platform, PlatformReference
from constructs_lib.patterns.pseudo_parameters import with_tokens
from constructs_lib.patterns.queues import build_queues
from constructs_lib.patterns.registry import Registry
from constructs_lib.patterns.sharing import deploy_after, known_resources, layer_of
from constructs_lib.patterns.site import PipelineSite, fragment_name
from constructs_lib.patterns.state_machine import BuiltWorkflow, build_workflow
from constructs_lib.patterns.streams import made_streams

if TYPE_CHECKING:
    from constructs import IConstruct

    from constructs_lib.catalog import Catalog
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.plan import PipelinePlan


class Pipeline(Construct):
    """One declared pipeline in any CDK app.

    Attributes:
        plan: what was decided; constructs, rules and prices read it.
        queue: the buffer, or the existing queue that the source names.
        dlq: the dead-letter queue.
        functions: the Lambda functions by their plan id: the runner by its handler's name, ``verify`` for webhooks.
        aliases: the alias ``live`` of each function.
        roles: the role of each function.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        declaration: PipelineDeclaration,
        *,
        platform: Platform | PlatformReference | None = None,
        stage: str = "dev",
        catalog: Catalog | None = None,
        bundler: Bundler | None = None,
    ) -> None:
        """Make the pipeline; without a platform it brings its own.

        Raises:
            DeclarationError: the declaration cannot be planned.
            BundleError: the user's code or dependencies cannot be packaged.
        """
        super().__init__(scope, id)
        self.declaration = declaration
        self.bundler = bundler or Bundler()
        self.platform = platform or self._build_platform(stage)
        deploy_after(Stack.of(self), self.platform)
        names = self.platform.names
        self.plan: PipelinePlan = plan_pipeline(declaration, stage=names.stage, platform=names, catalog=catalog)
        refuse_clashes(self._neighbour(), (other._neighbour() for other in PIPELINES.below(self.node.root)))
        self._fragment = Fragment(construct_id(declaration.pipeline))
        self._queues = build_queues(self, self.plan)
        self._functions = self._build_functions()
        self._workflow = build_workflow(self, self.plan, self._fragment, self._functions, self._known())
        self._bind_kinds()
        add_leaves(self.plan, self._fragment, self._functions, self._queues)
        self._apply_overrides()
        self._fragment.include(self)
        self._tag()
        PIPELINES.add(self)

    @property
    def queue(self) -> aws_sqs.IQueue:
        """The queue that the runner reads from; raises ``KeyError`` where the source waits for the runner's answer."""
        return self._queues["buffer"]

    @property
    def dlq(self) -> aws_sqs.IQueue:
        """The queue of what could not be processed; raises ``KeyError`` where there is no queue."""
        return self._queues["dlq"]

    @property
    def queues(self) -> dict[str, aws_sqs.IQueue]:
        """Every queue by its plan id."""
        return dict(self._queues)

    @property
    def functions(self) -> dict[str, aws_lambda.Function]:
        """Every function by its plan id."""
        return {name: planned.function for name, planned in self._functions.items()}

    @property
    def aliases(self) -> dict[str, aws_lambda.Alias]:
        """The alias ``live`` of every function."""
        return {name: planned.alias for name, planned in self._functions.items()}

    @property
    def roles(self) -> dict[str, aws_iam.Role]:
        """The role of every function."""
        return {name: planned.role for name, planned in self._functions.items()}

    @property
    def state_machine(self) -> aws_stepfunctions.StateMachine:
        """What runs the steps of a workflow; raises ``KeyError`` where there is no workflow."""
        return self._workflow_built.state_machine

    @property
    def state_machine_alias(self) -> aws_stepfunctions.CfnStateMachineAlias:
        """The alias ``live`` that executions are started by; raises ``KeyError`` where there is no workflow."""
        return self._workflow_built.alias

    @property
    def state_machine_role(self) -> aws_iam.Role:
        """The role of the state machine; raises ``KeyError`` where there is no workflow."""
        return self._workflow_built.role

    @property
    def _workflow_built(self) -> BuiltWorkflow:
        if self._workflow is None:
            raise KeyError(f"{self.plan.pipeline} has no workflow")
        return self._workflow

    @cached_property
    def log_groups(self) -> dict[str, aws_logs.ILogGroup]:
        """The log group of every function."""
        return {
            function.id: aws_logs.LogGroup.from_log_group_name(
                self, f"{construct_id(function.id)}Logs", log_group_name(function.name)
            )
            for function in self.plan.functions
        }

    @property
    def api(self) -> aws_apigatewayv2.HttpApi | None:
        """The HTTP API, the pipeline's own or one that it shares; a REST API is ``resources["rest_api"]``."""
        for route in self.plan.routes:
            shared = Stack.of(self).node.try_find_child(shared_api_id(route.api_name))
            api = shared if route.shared else self.node.try_find_child("Api")
            return api if isinstance(api, aws_apigatewayv2.HttpApi) else None
        return None

    @property
    def dashboard(self) -> CfnResource:
        """The dashboard; raises when the declaration switches it off."""
        return self._fragment.resource("Dashboard")

    @property
    def alarms(self) -> dict[str, CfnResource]:
        """Every alarm by its plan id."""
        return {alarm.id: self._fragment.resource(f"Alarm{construct_id(alarm.id)}") for alarm in self.plan.alarms}

    @property
    def mappings(self) -> dict[str, CfnResource]:
        """Every event source mapping by its plan id."""
        ids = [plan.id for plan in self.plan.mappings] + [plan.id for plan in self.plan.streams]
        return {id: self._fragment.resource(construct_id(id)) for id in ids}

    @property
    def resources(self) -> dict[str, CfnResource]:
        """Every resource that the source, the network or an output has made, by its plan id; existing ones are none."""
        made = (plan for plan in self.plan.resources if not plan.existing)
        return {plan.id: self._made(construct_id(plan.id)) for plan in made}

    @property
    def routes(self) -> dict[str, CfnResource]:
        """Every HTTP route by its plan id."""
        return {plan.id: self._made(construct_id(plan.id)) for plan in self.plan.routes}

    @cached_property
    def ledger(self) -> aws_dynamodb.ITable:
        """The evidence ledger of the platform."""
        if isinstance(self.platform, Platform):
            return self.platform.ledger
        return aws_dynamodb.Table.from_table_name(self, "Ledger", self.plan.platform.ledger_table)

    @cached_property
    def raw_bucket(self) -> aws_s3.IBucket:
        """The Raw Stage of the platform."""
        if isinstance(self.platform, Platform):
            return self.platform.raw_bucket
        return aws_s3.Bucket.from_bucket_name(self, "RawStage", with_tokens(self.plan.platform.raw_bucket))

    def _made(self, name: str) -> CfnResource:
        """Return the L1 resource of a name: a construct's own below this one, or a leaf."""
        found = self.node.try_find_child(name)
        resource = (found.node.default_child or found) if found else self._fragment.resource(name)
        if not isinstance(resource, CfnResource):
            raise TypeError(f"{name} is no single resource")
        return resource

    def _neighbour(self) -> Neighbour:
        return Neighbour(self.declaration, self.plan.stage, Stack.of(self).node.path)

    def _build_platform(self, stage: str) -> Platform:
        return Platform(self, "Platform", name=self.declaration.pipeline, stage=stage, bundler=self.bundler)

    def _build_functions(self) -> dict[str, PlannedFunction]:
        stack = Stack.of(self)
        layer = layer_of(stack, self.platform)
        known = {**self._known(), **self._made_later()}
        return {plan.id: build_function(self, plan, self._code(plan), layer, known) for plan in self.plan.functions}

    def _made_later(self) -> dict[str, str]:
        """Return what stands in grants for what is made after the functions: streams, and mappings that they change."""
        streams = made_streams(self.plan, self._fragment)
        if self.plan.back_pressure is None:
            return streams
        name = self.plan.mappings[0].id
        return {**streams, mapping_id(name): Fn.ref(self._fragment.logical_id(construct_id(name)))}

    def _code(self, plan: FunctionPlan) -> aws_lambda.Code:
        if plan.code.origin == "platform":
            taker = plan.id == self.plan.runner
            schemas = self.bundler.schemas(self.plan.contract, self.plan.request) if taker else None
            return asset_code(schemas) if schemas else platform_code()
        return asset_code(self.bundler.user_code(plan.code, self.plan.contract, self.plan.request))

    def _known(self) -> dict[str, str]:
        return known_resources(Stack.of(self), self.platform)

    def _bind_kinds(self) -> None:
        site = PipelineSite(self, self.plan, self._fragment, self._queues, self._functions, self._known())
        self.declaration.source.bind(site)
        self.declaration.network.bind(site)
        for output in self.declaration.outputs:
            output.bind(site)
        for store in self.declaration.stores:
            store.bind(site)
        if self.plan.fan_out is not None:
            add_fan_out(site, self.plan.fan_out)

    def _apply_overrides(self) -> None:
        refuse_unknown_properties(self.plan)
        for override in self.plan.overrides:
            resource = self._resource(override.resource)
            if resource is None:
                self._fragment.override(fragment_name(self.plan, override.resource), override.property, override.value)
            else:
                resource.add_property_override(override.property, override.value)

    def _resource(self, plan_id: str) -> CfnResource | None:
        function = self._functions.get(plan_id)
        named = self._queues.get(plan_id) or (function.function if function else None)
        owner: IConstruct | None = named or self.node.try_find_child(construct_id(plan_id))
        resource = (owner.node.default_child or owner) if owner else None
        return resource if isinstance(resource, CfnResource) else None

    def _tag(self) -> None:
        tags = Tags.of(self)
        for tag in self.plan.tags:
            tags.add(tag.name, tag.value)


PIPELINES: Registry[Pipeline] = Registry()
"""Every pipeline of every app."""
