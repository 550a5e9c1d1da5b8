"""No piece is sold twice, and a pipeline that may only read finds what is left and can change nothing."""

from __future__ import annotations

import json
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from functions.runtime import Permanent
from functions.runtime.stores.memory import MemoryBucket, MemoryTable
from functions.runtime.stores.values import from_attributes

if TYPE_CHECKING:
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.trial import Trial

STOCK = "stock-reservation-dev-stock"


def order(number: int) -> dict[str, Any]:
    return {"order_id": f"o-{number}", "sku": "kettle", "quantity": 1}


def send(example: Trial, pipeline: str, *records: Any) -> Evidence:
    evidence = example.evidence(pipeline)
    for record in records:
        url = evidence.queue_url("buffer")
        example.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(record))
    return evidence


def kettle(example: Trial) -> dict[str, Any]:
    item = example.client("dynamodb").get_item(TableName=STOCK, Key={"sku": {"S": "kettle"}})["Item"]
    return from_attributes(item)


def test_the_handler_reserves_on_stores_in_memory(monkeypatch: pytest.MonkeyPatch, request: Any) -> None:
    monkeypatch.syspath_prepend(str(request.path.parent))
    reserve = import_module("stock_reservation").reserve

    landed: list[Any] = []
    stock, slips = MemoryTable("sku"), MemoryBucket(prefix="slips/")
    outputs = SimpleNamespace(raw=SimpleNamespace(put=landed.append))
    run: Any = SimpleNamespace(stores=SimpleNamespace(stock=stock, slips=slips), outputs=outputs)
    stock.put({"sku": "kettle", "left": 1})
    for _ in range(2):
        reserve.function(order(1), run)
    assert stock.items == [{"sku": "kettle", "left": 0, "for-o-1": 1}]
    with pytest.raises(Permanent, match="1 of kettle wanted, 0 left"):
        reserve.function(order(2), run)
    assert slips.objects == {"slips/o-1.txt": b"1 x kettle for o-1\n"}


def test_five_pieces_are_sold_five_times_and_reported(example: Trial) -> None:
    stock = {"sku": {"S": "kettle"}, "left": {"N": "5"}}
    example.client("dynamodb").put_item(TableName=STOCK, Item=stock)
    evidence = send(example, "stock-reservation", *map(order, range(8)))
    evidence.wait_until("all came to something", lambda: len(evidence.every_entry()) == 8)
    assert sorted(entry.status.value for entry in evidence.every_entry()) == ["dead_lettered"] * 3 + ["succeeded"] * 5
    reserved = next(number for number in range(8) if f"for-o-{number}" in kettle(example))
    send(example, "stock-reservation", order(reserved))
    evidence.wait_until("the repeat is found", lambda: len(evidence.every_entry()) == 9)
    assert [entry.status.value for entry in evidence.entries(evidence.run_token(f"o-{reserved}"))][-1] == "duplicate"
    assert kettle(example)["left"] == 0
    reports = send(example, "stock-report", {"report_id": "r-1", "skus": ["kettle", "teapot"]})
    token = reports.run_token("r-1")
    reports.wait_until("the report landed", lambda: bool(reports.landed(token)))
    (record,) = reports.landed(token)
    assert json.loads(record.text) == {"report_id": "r-1", "left": {"kettle": 0, "teapot": None}, "slips": 5}


def test_the_reporting_function_is_refused_what_it_does_not_declare(example: Trial) -> None:
    roles = example.client("iam").list_roles()["Roles"]
    (role,) = (role["Arn"] for role in roles if "stock-report" in json.dumps(role["RoleName"]))
    table = example.session.aws.client_in_role("dynamodb", role)
    key = {"sku": {"S": "kettle"}}
    assert "Item" in table.get_item(TableName=STOCK, Key=key)
    with pytest.raises(ClientError, match="AccessDenied"):
        table.put_item(TableName=STOCK, Item=key)
    slips = example.session.aws.client_in_role("s3", role)
    name = example.resolve("stock-reservation-dev-slips-${AWS::AccountId}-${AWS::Region}")
    assert slips.list_objects_v2(Bucket=name, Prefix="slips/")["KeyCount"] == 5
    with pytest.raises(ClientError, match="AccessDenied"):
        slips.put_object(Bucket=name, Key="slips/x", Body=b"")
    with pytest.raises(ClientError, match="AccessDenied"):
        slips.delete_object(Bucket=name, Key="slips/o-0.txt")
