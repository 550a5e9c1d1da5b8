"""Callers of a deployed route, with credentials of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan

MAY_INVOKE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}],
}


def user(session: LocalSession, name: str, *, allowed: bool) -> Credentials:
    iam = session.aws.client("iam")
    iam.create_user(UserName=name)
    if allowed:
        iam.put_user_policy(UserName=name, PolicyName="invoke", PolicyDocument=json.dumps(MAY_INVOKE))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def post(session: LocalSession, plan: PipelinePlan, body: dict[str, Any], caller: Credentials | None) -> httpx.Response:
    webhook = session.webhook(plan)
    headers = {"Host": webhook.host, "Content-Type": "application/json"}
    url = webhook.url + webhook.path
    request = AWSRequest("POST", url, data=json.dumps(body), headers=headers)
    if caller is not None:
        SigV4Auth(caller, "execute-api", "eu-central-1").add_auth(request)
    return httpx.post(url, content=request.data, headers=dict(request.headers), timeout=30, trust_env=False)
