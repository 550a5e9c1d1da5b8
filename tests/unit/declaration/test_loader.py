"""A declaration is the same object from YAML, JSON and Python, and its folder is where its paths start."""

from __future__ import annotations

import json
import os
import textwrap
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import yaml
from pydantic import ValidationError

from constructs_lib.declaration import PipelineDeclaration, load_pipeline, manifest_hash, parse_pipeline
from constructs_lib.declaration.contract import Contract
from constructs_lib.declaration.idempotency import Idempotency
from constructs_lib.declaration.queue import DeadLetterQueue, Queue
from constructs_lib.declaration.tenant import Tenant
from constructs_lib.event_sources.http import Hmac, HttpSource
from constructs_lib.network_profiles.public import Public
from constructs_lib.outputs.raw import Raw
from constructs_lib.runner_classes.serverless import Serverless
from tests.declarations import fields, write_project

if TYPE_CHECKING:
    from pathlib import Path

MORE = {
    "queue": {"max_batching_window": "2s", "dlq": {"retention_period": "10d"}},
    "network": "public",
    "approvals": [
        {
            "rule": "open-endpoint",
            "resource": "route",
            "ticket": "T-1",
            "approved_by": "ops",
            "expires": "2027-01-31",
            "reason": "because of a test",
        }
    ],
}


def in_python(folder: Path) -> PipelineDeclaration:
    return PipelineDeclaration(
        pipeline="shop-orders",
        owner="orders@example.com",
        contract=Contract(id="order", version="1", schema_="schemas/order.json"),
        tenant=Tenant(key="path.shop_id"),
        source=HttpSource(path="/shops/{shop_id}/orders", auth=Hmac(secret="shop-webhook-key")),
        runner=Serverless(handler="handlers.orders:land_order"),
        idempotency=Idempotency(key=("path.shop_id", "body.order_id")),
        outputs=(Raw(),),
        queue=Queue(max_batching_window=timedelta(seconds=2), dlq=DeadLetterQueue(retention_period=timedelta(days=10))),
        network=Public(),
        directory=folder.resolve(),
    )


def write(folder: Path, name: str, text: str) -> Path:
    file = write_project(folder) / name
    file.write_text(text, encoding="utf-8")
    return file


def test_yaml_json_and_python_give_equal_objects(tmp_path: Path) -> None:
    values = fields(queue=MORE["queue"], network="public")
    from_yaml = load_pipeline(write(tmp_path, "shop.yaml", yaml.safe_dump(values)))
    from_json = load_pipeline(write(tmp_path, "shop.json", json.dumps(values)))
    assert from_yaml == from_json == in_python(tmp_path)
    assert manifest_hash(from_yaml) == manifest_hash(in_python(tmp_path))


def test_a_dumped_declaration_loads_to_the_same_object(tmp_path: Path) -> None:
    declared = load_pipeline(write(tmp_path, "shop.yaml", yaml.safe_dump(fields(**MORE))))
    again = load_pipeline(write(tmp_path, "again.json", declared.model_dump_json()))
    assert again == declared


def test_the_manifest_hash_changes_with_the_content_and_not_with_the_folder(tmp_path: Path) -> None:
    here = load_pipeline(write(tmp_path / "a", "shop.yaml", yaml.safe_dump(fields())))
    there = load_pipeline(write(tmp_path / "b", "shop.yaml", yaml.safe_dump(fields())))
    other = load_pipeline(write(tmp_path / "a", "other.yaml", yaml.safe_dump(fields(retry={"max_attempts": 4}))))
    assert here.directory != there.directory
    assert manifest_hash(here) == manifest_hash(there)
    assert manifest_hash(here) != manifest_hash(other)


def test_a_declaration_never_changes(tmp_path: Path) -> None:
    declared = in_python(tmp_path)
    with pytest.raises(ValidationError):
        declared.owner = "someone@example.com"  # type: ignore[misc]


def test_relative_paths_start_from_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "deep", "shop.yaml", yaml.safe_dump(fields()))
    monkeypatch.chdir(tmp_path)
    assert load_pipeline("deep/shop.yaml").directory == (tmp_path / "deep").resolve()


def test_a_byte_order_mark_is_taken_as_part_of_utf_8(tmp_path: Path) -> None:
    file = write(tmp_path, "shop.yaml", "")
    file.write_bytes(b"\xef\xbb\xbf" + yaml.safe_dump(fields()).encode())
    assert load_pipeline(file).pipeline == "shop-orders"


def test_a_file_that_may_not_be_read_is_a_fault(tmp_path: Path) -> None:
    from tests.unit.declaration.bad_input import faults_of

    loop = tmp_path / "loop.yaml"
    os.symlink(loop, loop)
    assert [fault.code for fault in faults_of(lambda: load_pipeline(loop))] == ["file-unreadable"]


def test_words_that_look_like_switches_stay_words(tmp_path: Path) -> None:
    text = yaml.safe_dump(fields()) + textwrap.dedent("""
        tags: { answer: no, ratio: 1:30, day: 2026-01-31, octal: "010" }
    """)
    declared = parse_pipeline(text, directory=write_project(tmp_path))
    assert declared.tags == {"answer": "no", "ratio": "1:30", "day": "2026-01-31", "octal": "010"}


def test_an_anchor_stands_for_the_same_value_where_it_is_repeated(tmp_path: Path) -> None:
    text = yaml.safe_dump(fields(idempotency=None, tenant=None)) + textwrap.dedent("""
        tenant: { key: &shop path.shop_id }
        idempotency: { key: [*shop, body.order_id] }
    """)
    declared = parse_pipeline(text, directory=write_project(tmp_path))
    assert declared.idempotency.key == ("path.shop_id", "body.order_id")


def test_the_smallest_declaration_has_the_defaults_that_are_right_for_production(tmp_path: Path) -> None:
    write_project(tmp_path)
    declared = parse_pipeline(
        """
        version: 1
        pipeline: shop-orders
        owner: orders-team@example.com
        source: { type: http, path: /orders, auth: { type: iam } }
        runner: { handler: "handlers.orders:land_order" }
        idempotency: { key: [body.order_id] }
        outputs: [ { type: raw } ]
        """,
        directory=tmp_path,
    )
    assert declared.taker.class_ == "serverless"
    assert declared.taker.size == "small"
    assert declared.network == Public()
    assert declared.queue.dlq.retention_period == timedelta(days=14)
    assert (declared.retry.max_attempts, declared.retry.jitter) == (5, "full")
    assert declared.ledger.retention == timedelta(days=400)
    assert declared.tenant.id == "default"
