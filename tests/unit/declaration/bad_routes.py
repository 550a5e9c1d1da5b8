"""One faulty route for every code that the http source can bring."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration.folder import load_pipelines
from tests.declarations import fields, write_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IAM = {"type": "http", "path": "/orders", "auth": {"type": "iam"}}
SITE = {"origins": ["https://shop.example.com"]}
OTHER = {"origins": ["https://other.example.com"]}


def route(auth: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return {"source": {**IAM, "auth": auth or IAM["auth"], **changes}}


KEY, SIGNED = {"type": "api_key"}, {"type": "hmac", "secret": "shop-webhook-key"}
CHANGED: dict[str, dict[str, Any]] = {
    "method-needs-answer": route(method="DELETE"),
    "issuer-missing": route({"type": "jwt", "issuer": "https://id.example.com"}),
    "issuer-not-single": route({"type": "jwt", "audience": ["orders"], "user_pool": True}),
    "cors-age-wrong": route(cors={**SITE, "max_age": "2d"}),
    "cors-with-signature": route(SIGNED, cors=SITE),
    "cors-open": route(cors={"origins": ["*"]}),
    "cors-not-single": route(KEY, cors={"origins": [*SITE["origins"], *OTHER["origins"]]}),
    "cors-not-answered": route(KEY, mode="sync", cors=SITE),
    "body-limit-unchecked": route(max_body="2KB"),
    "body-limit-wrong": route(mode="sync", max_body="10MB"),
    "api-not-shareable": route(KEY, api="orders"),
}
"""What is changed in a valid declaration."""


def written(folder: Path, **sources: dict[str, Any]) -> Path:
    """Write one declaration for each source into a folder, each named after its keyword."""
    for name, source in sources.items():
        declared = fields(pipeline=name, source=source, tenant=None, idempotency={"key": ["body.order_id"]})
        (write_project(folder) / f"{name}.json").write_text(json.dumps({"version": 1, **declared}))
    return folder


def _shared(**changes: Any) -> dict[str, Any]:
    return {**IAM, "mode": "sync", "api": "items", **changes}


CALLS: dict[str, Callable[[Path], object]] = {
    "route-taken": lambda folder: load_pipelines(
        written(folder, first=_shared(path="/items/{id}"), second=_shared(path="/items/{item}"))
    ),
    "cors-differs": lambda folder: load_pipelines(
        written(folder, first=_shared(cors=SITE), second=_shared(method="PUT", cors=OTHER))
    ),
    "api-name-taken": lambda folder: load_pipelines(written(folder, first=_shared(), items=IAM)),
}
"""Folders whose declarations do not fit each other."""
