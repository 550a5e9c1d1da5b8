"""Callers of a deployed route, with credentials of their own: a partner's system, as IAM knows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from constructs_lib.local.emulator import REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.credentials import Credentials

    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan

_MAY_INVOKE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}],
}


def user(session: LocalSession, name: str, *, allowed: bool) -> Credentials:
    """Make a user of the emulated account, who may call its APIs or may do nothing at all."""
    from botocore.credentials import Credentials

    iam = session.aws.client("iam")
    iam.create_user(UserName=name)
    if allowed:
        iam.put_user_policy(UserName=name, PolicyName="invoke", PolicyDocument=json.dumps(_MAY_INVOKE))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def post(session: LocalSession, plan: PipelinePlan, body: dict[str, Any], caller: Credentials | None) -> httpx.Response:
    """Send a request to the first route of a pipeline, signed by a caller or by nobody."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    webhook = session.webhook(plan)
    headers = {"Host": webhook.host, "Content-Type": "application/json"}
    url = webhook.url + webhook.path
    request = AWSRequest("POST", url, data=json.dumps(body), headers=headers)
    if caller is not None:
        SigV4Auth(caller, "execute-api", REGION).add_auth(request)
    return httpx.post(url, content=request.data, headers=dict(request.headers), timeout=30, trust_env=False)


def ask(
    session: LocalSession,
    plan: PipelinePlan,
    headers: Mapping[str, str],
    body: Any = None,
    path: Mapping[str, str] | None = None,
    *,
    method: str | None = None,
    caller: Credentials | None = None,
) -> httpx.Response:
    """Send a request to the first route of a pipeline with these headers, and a body as JSON where there is one.

    Args:
        session: where the pipeline is deployed.
        plan: the pipeline.
        headers: what the caller brings: a token, a key, an origin.
        body: bytes as they are, None for none, anything else as JSON.
        path: the path's parameters.
        method: another than the route's, such as ``OPTIONS``.
        caller: who signs the request; nobody when absent.
    """
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    webhook = session.webhook(plan)
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    target = webhook.path.format(**{name: quote(value, safe="") for name, value in (path or {}).items()})
    kind = {"Content-Type": "application/json"} if content is not None else {}
    request = AWSRequest(
        method or webhook.method, webhook.url + target, data=content, headers={"Host": webhook.host, **kind, **headers}
    )
    if caller is not None:
        SigV4Auth(caller, "execute-api", REGION).add_auth(request)
    return httpx.request(
        str(request.method),
        str(request.url),
        content=content,
        headers=dict(request.headers),
        timeout=30,
        trust_env=False,
    )
