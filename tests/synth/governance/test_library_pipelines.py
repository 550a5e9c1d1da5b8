"""What the library builds by itself passes its own rules, template and plan together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Stack

from constructs_lib.catalog import Catalog, load_catalog
from constructs_lib.declaration.pipeline import PipelineDeclaration
from constructs_lib.governance.attach import govern, synthesize
from constructs_lib.patterns.pipeline import Pipeline
from tests.unit.governance.cases import DECLARED, HANDLER

if TYPE_CHECKING:
    from pathlib import Path

BUDGET = {"monthly_usd": 40.0, "events_per_month": 3_000_000}
HMAC = {
    "type": "hmac",
    "secret": "shop-webhook-key",
    "header": "x-signature",
    "timestamp_header": "x-timestamp",
    "encoding": "hex",
}


def build(folder: Path, catalog: Catalog | None = None, **fields: Any) -> App:
    """Return an app of one declared pipeline in prod under governance."""
    app = App(outdir=str(folder), context={"aws:cdk:enable-path-metadata": True})
    declaration = PipelineDeclaration.model_validate({**DECLARED, "budget": BUDGET, **fields})
    Pipeline(Stack(app, "Shop"), "Orders", declaration, stage="prod")
    govern(app, packs=False, catalog=catalog)
    return app


def report(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "governance-report.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    "source",
    [{"type": "queue"}, {"type": "http", "path": "/orders", "auth": HMAC}],
    ids=["queue", "webhook"],
)
def test_a_declared_pipeline_has_no_finding(tmp_path: Path, source: dict[str, Any]) -> None:
    synthesize(build(tmp_path, source=source, runner={"handler": HANDLER, "secrets": ["crm-token"]}))
    assert report(tmp_path)["findings"] == []


def test_a_declared_open_endpoint_stops_the_synthesis_at_its_construct(tmp_path: Path) -> None:
    app = build(tmp_path, source={"type": "http", "path": "/orders", "auth": {"type": "none"}})
    with pytest.raises(SystemExit, match="POST /orders takes requests from anybody"):
        synthesize(app)
    (finding,) = report(tmp_path)["findings"]
    assert (finding["id"], finding["place"]["path"]) == ("Pipeline::open-endpoint", "Shop/Orders")


def test_an_override_that_opens_a_fault_is_found_on_the_template(tmp_path: Path) -> None:
    override = {"resource": "buffer", "property": "VisibilityTimeout", "value": 10, "reason": "tests the template"}
    app = build(tmp_path, overrides=[override])
    with pytest.raises(SystemExit):
        synthesize(app)
    found = {finding["rule"]: finding["place"]["resource"] for finding in report(tmp_path)["findings"]}
    assert found == {"Pipeline::override-review": "buffer", "Pipeline::visibility-timeout": "buffer"}


def test_an_organisation_judges_by_its_own_catalogue(tmp_path: Path) -> None:
    shipped = load_catalog()
    small = shipped.sizes["small"].model_copy(update={"needs_approval": True})
    strict = shipped.model_copy(update={"sizes": {**shipped.sizes, "small": small}})
    with pytest.raises(SystemExit, match=r"\[require_approval\] size small"):
        synthesize(build(tmp_path, strict))
