"""Calls to AWS as the proxy sees them: service, operation and resource, whatever protocol carries them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email.message import Message
from urllib.parse import parse_qs, unquote, urlsplit

from constructs_lib.local.statements import Statement, statements_of

_SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d+/[^/]+/(?P<service>[^/]+)/aws4_request")
_OBJECT_VERBS = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
_RESOURCE_FIELDS = ("TableName", "QueueUrl", "SecretId", "TopicArn", "Name")
HTTP_API = "execute-api"


@dataclass(frozen=True)
class Call:
    """One request: who asks, what of which resource, and the answer's status.

    ``function`` is the one that asks, if any; ``resource`` is a table, a queue's name, a bucket, a secret, or
    the path of an HTTP API; ``status`` is 0 where the connection was cut.
    """

    service: str
    operation: str
    resource: str
    access_key: str
    function: str | None = None
    key: str = ""
    statements: tuple[Statement, ...] = ()
    status: int = 0


def read_call(method: str, target: str, headers: Message, body: bytes) -> Call:
    """Return the call that a request is; an unsigned one is a request to an HTTP API."""
    scope = _SCOPE.search(headers.get("Authorization", ""))
    service = scope["service"] if scope else HTTP_API
    access_key = scope["key"] if scope else ""
    path = unquote(urlsplit(target).path)
    if service == HTTP_API or ".execute-api." in headers.get("Host", ""):
        return Call(HTTP_API, method, path, access_key)
    if service == "s3":
        bucket, _, key = path.lstrip("/").partition("/")
        operation = _OBJECT_VERBS.get(method, method) if key else f"{method} bucket"
        return Call("s3", operation, bucket, access_key, key=key)
    if operation := headers.get("X-Amz-Target", "").rpartition(".")[2]:
        return _json_call(service, operation, access_key, body)
    action = parse_qs(body.decode(errors="replace")).get("Action", [f"{method} {path}"])[0]
    return Call(service, action, "", access_key)


def _json_call(service: str, operation: str, access_key: str, body: bytes) -> Call:
    request = json.loads(body or b"{}")
    statements = statements_of(operation, body) if service == "dynamodb" else ()
    named = next((str(request[field]) for field in _RESOURCE_FIELDS if field in request), "")
    tables = sorted({statement.table for statement in statements} | set(request.get("RequestItems", {})))
    resource = named.rpartition("/")[2] if "QueueUrl" in request else named or ",".join(tables)
    return Call(service, operation, resource, access_key, statements=statements)
