"""One embedded AWS with pipelines deployed in it: everything a story or a test needs, and nothing left afterwards."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from constructs_lib.errors import UserError
from constructs_lib.local.aws import LocalAws
from constructs_lib.local.deploy import Deployer, QuickDeployer
from constructs_lib.local.emulator import Emulator
from constructs_lib.local.evidence import Evidence
from constructs_lib.local.http_apis import tell_cors
from constructs_lib.local.orders import OrderSender, Webhook
from constructs_lib.local.proxy import Proxy
from constructs_lib.local.queue_routes import QueueRoutes
from constructs_lib.local.token_issuer import TokenIssuer
from constructs_lib.local.workers import Worker, Workers
from constructs_lib.model.names import client_key_id
from constructs_lib.operations.deployed import Deployed
from functions.contract.environment import Variable, WebhookSettings, load_outputs

if TYPE_CHECKING:
    from constructs_lib.local.assembly import Assembly
    from constructs_lib.local.template_filter import Change
    from constructs_lib.model.intake import RoutePlan
    from constructs_lib.model.plan import PipelinePlan


class LocalSession:
    """The emulator behind its proxy while the context is open."""

    def __init__(self, emulator_environment: Path) -> None:
        """Choose ports and folders; nothing is started yet.

        Raises:
            UserError: ``environment-missing`` when the emulator is not installed.
        """
        self.emulator = Emulator(emulator_environment)
        self.folder = self.emulator.folder
        self.proxy = Proxy(self.emulator.port)
        self.aws = LocalAws(self.proxy.url)
        self.issuer = TokenIssuer()
        self.changes: dict[str, tuple[Change, ...]] = {}
        self._secrets: dict[str, str] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.emulator)
            stack.enter_context(self.proxy)
            stack.enter_context(self.issuer)
            self.emulator.start(self.proxy.url)
            self.proxy.workers = Workers(self.emulator.pid)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def reset(self) -> None:
        """Empty the account; what was deployed, recorded and made is gone.

        Nothing is polled any more before that: the emulator answers no function while it empties the account, and may
        have no thread to empty it in while functions wait for answers.
        """
        self._end_polling()
        self.emulator.reset()
        self.proxy.forget()
        self.proxy.front = None
        self._secrets.clear()

    def _end_polling(self) -> None:
        functions = self.aws.client("lambda")
        for page in functions.get_paginator("list_event_source_mappings").paginate():
            for mapping in page["EventSourceMappings"]:
                functions.delete_event_source_mapping(UUID=mapping["UUID"])

    def deploy(self, assembly: Assembly, plans: tuple[PipelinePlan, ...], deployer: Deployer | None = None) -> None:
        """Deploy an adapted assembly, and do what an operator does once: give the secrets that plans name a value."""
        (deployer or QuickDeployer(self.aws)).deploy(assembly)
        for name in sorted({name for plan in plans for name in _secret_names(plan)}):
            self._secrets[name] = secrets.token_hex(32)
            self.aws.client("secretsmanager").create_secret(Name=name, SecretString=self._secrets[name])
        self.issuer.stand_in(self.aws)
        tell_cors(self.aws, assembly)
        self.proxy.front = QueueRoutes(self.aws, assembly).answer

    def adapt(self, assembly: Assembly) -> Assembly:
        """Return a copy that the emulator accepts; ``changes`` then says what was changed."""
        number = sum(path.name.startswith("adapted-") for path in self.folder.iterdir())
        adapted, self.changes = assembly.adapted(self.folder / f"adapted-{number}")
        return adapted

    def evidence(self, plan: PipelinePlan) -> Evidence:
        """Return what a pipeline has left behind so far."""
        return Evidence(self.aws, plan)

    def deployed(self, plan: PipelinePlan) -> Deployed:
        """Return a pipeline as the operators' commands reach it, with the account's root credentials."""
        clients: Any = self.aws  # clients are all that is asked of a session of boto3
        return Deployed(plan, clients)

    def sender(self, plan: PipelinePlan) -> OrderSender:
        """Return a sender of signed requests to the pipeline's webhook."""
        settings = webhook_settings(plan)
        return OrderSender(self.webhook(plan), settings, self._secrets[settings.secret])

    def webhook(self, plan: PipelinePlan) -> Webhook:
        """Return where the pipeline's first route is reached."""
        route = plan.routes[0]
        host = f"{self._api_id(route)}.execute-api.localhost:{self.proxy.port}"
        return Webhook(self.proxy.url, host, route.method, route.base_path + route.path)

    def api_key(self, plan: PipelinePlan, client: str = "client") -> str:
        """Return the key that API Gateway has made for a client of the pipeline's route."""
        name = plan.resource(client_key_id(client)).name
        keys = self.aws.client("apigateway").get_api_keys(includeValues=True)["items"]
        return next(str(key["value"]) for key in keys if key["name"] == name)

    def _api_id(self, route: RoutePlan) -> str:
        if route.gateway == "rest":
            rest = self.aws.client("apigateway").get_rest_apis()["items"]
            return next(str(api["id"]) for api in rest if api["name"] == route.api_name)
        apis = self.aws.client("apigatewayv2").get_apis()["Items"]
        return next(str(api["ApiId"]) for api in apis if api["Name"] == route.api_name)

    def worker_of(self, plan: PipelinePlan, function_id: str) -> Worker:
        """Return a living worker of a function, whose credentials are those of the function's own role.

        Raises:
            UserError: ``local-worker-missing`` when the function has not run yet.
        """
        name = plan.function(function_id).name
        for worker in Workers(self.emulator.pid).all():
            if worker.function == name:
                return worker
        raise UserError.of("local-worker-missing", name, "no worker runs it", "a function that ran", "send a record")

    @contextmanager
    def held_back(self, plan: PipelinePlan) -> Iterator[None]:
        """Switch the event source mapping off while the context is open, so that messages gather into one batch."""
        functions = self.aws.client("lambda")
        name = plan.function(plan.runner).name
        mapping = functions.list_event_source_mappings(FunctionName=f"{name}:live")["EventSourceMappings"][0]["UUID"]
        functions.update_event_source_mapping(UUID=mapping, Enabled=False)
        try:
            yield
        finally:
            functions.update_event_source_mapping(UUID=mapping, Enabled=True)


def webhook_settings(plan: PipelinePlan) -> WebhookSettings:
    """Return how the pipeline's webhook is signed; raises ``StopIteration`` for a pipeline without a webhook."""
    variables = (variable for function in plan.functions for variable in function.environment)
    return WebhookSettings.from_json(next(v.value for v in variables if v.name == Variable.WEBHOOK))


def _secret_names(plan: PipelinePlan) -> Iterator[str]:
    for variable in (variable for function in plan.functions for variable in function.environment):
        if variable.name == Variable.WEBHOOK:
            yield WebhookSettings.from_json(variable.value).secret
        elif variable.name == Variable.SECRETS:
            yield from json.loads(variable.value)
        elif variable.name == Variable.OUTPUTS:
            auths = (output.options.get("auth") or {} for output in load_outputs(variable.value))
            yield from (auth["secret"] for auth in auths if "secret" in auth)
