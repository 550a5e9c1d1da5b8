"""What the fields of an HTTP route have to do with each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from constructs_lib.event_sources._http.auth import ApiKey, Hmac
from constructs_lib.event_sources._http.path import parameters_of
from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import size_text
from functions.contract.message import MAX_BODY_BYTES

if TYPE_CHECKING:
    from constructs_lib.event_sources._http.auth import Auth
    from constructs_lib.event_sources._http.cors import Cors

Fields = Mapping[str, Any]
"""The fields that stand above the one in question, as far as they are right in themselves."""
ANSWERED_METHODS = ("GET", "DELETE")
"""Methods that have no body to queue."""
LEAST_BODY = 1_000
"""Bytes; a lower limit refuses what nobody means to refuse."""
MOST_ANSWERED_BODY = 4_000_000
"""Bytes of a request that is answered: Lambda takes 6 MB of an event, and the gateway may write the body in Base64."""


def check_method(method: str, fields: Fields) -> str:
    """A request without a body is answered, not queued."""
    if method in ANSWERED_METHODS and fields.get("mode") == "async":
        raise refusal(
            "method-needs-answer",
            f"{method} with mode async: there is no body to queue",
            "POST, PUT or PATCH, or mode sync",
            "add mode: sync",
        )
    return method


def check_response(fields: Fields) -> None:
    """Only a handler that answers can be held to the form of its answer."""
    if fields.get("mode") != "sync":
        raise refusal(
            "response-not-awaited",
            "response with mode async: the gateway answers 202 by itself",
            "no response, or mode sync",
            "remove response, or add mode: sync",
        )


def check_parameters(auth: Auth, fields: Fields) -> None:
    """An HTTP API writes parameters into the JSON of the attributes; that it escapes quotes is nowhere promised.

    A REST API's mapping template encodes them itself, and a function takes them apart.
    """
    parameters = parameters_of(fields.get("path", ""))
    if parameters and not isinstance(auth, Hmac | ApiKey) and fields.get("mode") != "sync":
        raise refusal(
            "path-parameter-unsafe",
            f"{auth.type} with {', '.join(f'{{{name}}}' for name in parameters)} in the path: "
            "a caller could write other message attributes with it",
            "a path without parameters, or auth hmac or api_key",
            "send it in the body, or use auth hmac",
        )


def check_rest_path(auth: Auth, fields: Fields) -> None:
    """A part of a path of a REST API has letters, digits and ``._-`` (CreateResource, API Gateway)."""
    if isinstance(auth, ApiKey) and "~" in fields.get("path", ""):
        found = f"{fields['path']!r} with auth api_key, whose route is in a REST API"
        allowed = "parts of letters, digits and ._-, or a whole part as {parameter} in lower case"
        raise refusal("path-wrong", found, allowed, "take another sign for ~")


def check_signature(auth: Auth, fields: Fields) -> None:
    """The verifying function answers for the gateway, so nobody would wait for the handler's own answer."""
    if fields.get("mode") == "sync" and isinstance(auth, Hmac):
        raise refusal(
            "signature-needs-queue",
            "mode sync with auth hmac",
            "another auth, or mode async",
            "leave mode out: signed requests are queued and answered with 202",
        )


def check_cors(cors: Cors, fields: Fields) -> None:
    """A page that calls from a browser has what the route asks of a caller, and a web site that is known."""
    auth = fields.get("auth")
    if isinstance(auth, Hmac):
        fix = "take auth jwt for browsers, or leave cors out: servers do not ask for it"
        found = "cors with auth hmac: a page would have to hold the secret, and show it to whoever looks"
        raise refusal("cors-with-signature", found, "cors with another auth", fix)
    if auth is not None and auth.type != "none" and cors.open:
        found = f"origin * with auth {auth.type}: any web site could send what a user's browser holds"
        raise refusal("cors-open", found, "the web sites by name", "write origins: [https://shop.example.com]")
    if isinstance(auth, ApiKey) and len(cors.origins) > 1:
        found = f"{len(cors.origins)} origins with auth api_key: a REST API answers with one fixed header"
        raise refusal("cors-not-single", found, "one origin", "name one, or take auth jwt")
    if isinstance(auth, ApiKey) and fields.get("mode") == "sync":
        found = "cors with auth api_key and mode sync: the function would have to answer for the REST API"
        raise refusal("cors-not-answered", found, "mode async, or another auth", "take auth jwt for browsers")


def check_api(fields: Fields) -> None:
    """Pipelines share an HTTP API; a REST API is its pipeline's own."""
    auth = fields.get("auth")
    if isinstance(auth, ApiKey):
        found = "api with auth api_key, whose route is in a REST API of its own"
        raise refusal("api-not-shareable", found, "api with another auth", "leave api out, or take auth jwt")


def check_large_bodies(fields: Fields) -> None:
    """Somebody must keep the body before the message is sent: a function in front of the queue."""
    auth, answered = fields.get("auth"), fields.get("mode") == "sync"
    if answered or isinstance(auth, ApiKey):
        found = "mode sync: there is no queue" if answered else "auth api_key: a REST API queues by itself"
        raise refusal(
            "large-body-unkept",
            f"large_bodies with {found}",
            "large_bodies with mode async and auth hmac, iam, jwt or none",
            "leave it out: with mode sync the handler sees up to 4 MB",
        )


def check_limit(limit: int, fields: Fields) -> None:
    """Only a function sees how large a body is before it is queued."""
    auth, answered = fields.get("auth"), fields.get("mode") == "sync"
    if auth is not None and not answered and not isinstance(auth, Hmac) and not fields.get("large_bodies"):
        found = f"max_body with auth {auth.type} and mode async: no function stands in front of the queue"
        fix = "leave it out: SQS takes 1 MiB and refuses more"
        raise refusal("body-limit-unchecked", found, "max_body with auth hmac, large_bodies or mode sync", fix)
    most = MOST_ANSWERED_BODY if answered or fields.get("large_bodies") else MAX_BODY_BYTES
    if not LEAST_BODY <= limit <= most:
        allowed = f"{size_text(LEAST_BODY)} to {size_text(most)}"
        raise refusal("body-limit-wrong", size_text(limit), allowed, "write 256KB")
