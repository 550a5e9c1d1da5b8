"""The emulated account: clients that reach it through the proxy, and the names that a deployment resolves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.local.emulator import ACCOUNT, REGION, ROOT_KEY

if TYPE_CHECKING:
    from botocore.config import Config

    from constructs_lib.local.workers import Worker

_PSEUDO_PARAMETERS = {
    "${AWS::AccountId}": ACCOUNT,
    "${AWS::Region}": REGION,
    "${AWS::Partition}": "aws",
    "${AWS::URLSuffix}": "amazonaws.com",
}


class LocalAws:
    """boto3 clients of the emulated account, made once for each service."""

    def __init__(self, endpoint: str) -> None:
        """Reach the account through ``endpoint``, the proxy's URL."""
        self.endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def client(self, service: str, config: Config | None = None) -> Any:
        """Return the client of a service with the account's root credentials; ``config`` is of the client alone."""
        if config is not None:
            return _client(service, self.endpoint, ROOT_KEY, ROOT_KEY, None, config)
        if service not in self._clients:
            self._clients[service] = _client(service, self.endpoint, ROOT_KEY, ROOT_KEY, None)
        return self._clients[service]

    def client_as(self, service: str, worker: Worker) -> Any:
        """Return a client that may do exactly what a function's own role allows."""
        return _client(service, self.endpoint, worker.access_key, worker.secret_key, worker.session_token)

    def client_in_role(self, service: str, role_arn: str) -> Any:
        """Return a client that may do exactly what a role allows; the emulator's root may take any role."""
        taken = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="local")["Credentials"]
        keys = (taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])
        return _client(service, self.endpoint, *keys)

    @staticmethod
    def resolve(text: str) -> str:
        """Return a text of the plan with the pseudo parameters of the emulated account."""
        for parameter, value in _PSEUDO_PARAMETERS.items():
            text = text.replace(parameter, value)
        return text


def _client(
    service: str, endpoint: str, access_key: str, secret_key: str, token: str | None, config: Config | None = None
) -> Any:
    import boto3
    from botocore.config import Config

    # A session of its own: nothing of the user's profile is read, and clients can be made in any thread.
    session: Any = boto3.session.Session(access_key, secret_key, token, region_name=REGION)
    known = Config(
        retries={"total_max_attempts": 2},
        s3={"addressing_style": "path"},
        max_pool_connections=20,
        inject_host_prefix=False,
    )
    return session.client(service, endpoint_url=endpoint, config=known.merge(config) if config else known)
