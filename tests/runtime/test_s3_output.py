"""The s3 output: what is put leaves after the handler, under the same keys at every try; records fail one by one."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from functions.contract.environment import OutputSettings
from functions.contract.ledger import Status
from functions.runtime import runner
from functions.runtime.errors import Permanent
from functions.runtime.failure import Failure
from functions.runtime.flush import Flush
from functions.runtime.outputs.kind import Landed
from functions.runtime.outputs.s3 import S3Draft, S3Output
from tests.runtime.fakes import SETTINGS, World

if TYPE_CHECKING:
    from functions.runtime import Run

OPTIONS = {"prefix": "out/", "key": "{name}", "if_exists": "replace", "max_object_size": 10}
FLUSH = Flush("f-1", "2026-11-21", SETTINGS, "land:1")


class Client:
    """Keeps what is put; refuses the keys in ``refused`` with a code."""

    def __init__(self, refused: dict[str, str] | None = None) -> None:
        self.refused = refused or {}
        self.objects: dict[str, bytes] = {}
        self.requests: list[dict[str, Any]] = []

    def put_object(self, **request: Any) -> None:
        self.requests.append(request)
        if code := self.refused.get(request["Key"]):
            raise ClientError({"Error": {"Code": code}}, "PutObject")
        if "IfNoneMatch" in request and request["Key"] in self.objects:
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        self.objects[request["Key"]] = request["Body"]


def output(client: Client, **options: Any) -> S3Output:
    settings = OutputSettings(name="files", type="s3", target="bucket", options={**OPTIONS, **options})
    return S3Output(settings, lambda: client)


def drafted(made: S3Output, *names: str, argument: Any = None) -> S3Draft:
    draft = made.draft("{}", argument, "t" * 32)
    for name in names:
        draft.put(name, name)
    return draft


def test_objects_are_written_below_the_prefix_with_what_they_hold() -> None:
    client = Client()
    made = output(client)
    draft = made.draft("{}", None, "t")
    draft.put("a.txt", "é", content_type="text/plain")
    draft.put("b", b"\0\1")
    draft.put("c", io.BytesIO(b"file"))
    assert made.land([("default", draft)], FLUSH) == [Landed("s3://bucket/out/a.txt")]
    assert client.objects == {"out/a.txt": "é".encode(), "out/b": b"\0\1", "out/c": b"file"}
    assert client.requests[0]["ContentType"] == "text/plain"
    assert client.requests[0]["Metadata"]["pipeline"] == "shop-orders"
    assert "IfNoneMatch" not in client.requests[0]


def test_a_run_that_put_nothing_landed_nowhere() -> None:
    client = Client()
    assert output(client).land([("default", drafted(output(client)))], FLUSH) == [Landed(None)]
    assert client.requests == []


def test_the_key_is_made_of_tenant_token_name_and_fields_and_no_field_leaves_its_place() -> None:
    client = Client()
    made = output(client, key="{tenant}/{body.order.id}/{token}/{name}")
    draft = drafted(made, "x/y", argument={"order": {"id": "../7 é"}})
    made.land([("shop-1", draft)], FLUSH)
    assert list(client.objects) == [f"out/shop-1/..%2F7%20%C3%A9/{'t' * 32}/x/y"]


@pytest.mark.parametrize("argument", [None, {}, {"id": None}, {"id": ""}, {"id": True}, {"id": [1]}])
def test_a_record_without_the_field_of_its_key_is_given_up(argument: Any) -> None:
    with pytest.raises(Permanent, match=r"body\.id"):
        drafted(output(Client(), key="{body.id}"), "x", argument=argument)


@pytest.mark.parametrize("data", ["x" * 11, b"x" * 11, io.BytesIO(b"x" * 11)])
def test_an_object_above_the_largest_size_is_given_up(data: Any) -> None:
    with pytest.raises(Permanent, match="max_object_size"):
        drafted(output(Client())).put("x", data)


@pytest.mark.parametrize("names", [("a", "a"), ("",), ("x" * 1021,)])
def test_names_that_make_no_key_of_their_own_are_errors(names: tuple[str, ...]) -> None:
    draft = output(Client(), max_object_size=2000).draft("{}", None, "t")
    *before, last = names
    for name in before:
        draft.put(name, "")
    with pytest.raises(ValueError, match="key"):
        draft.put(last, "")


def test_nothing_can_be_put_after_the_run() -> None:
    draft = drafted(output(Client()))
    draft.close()
    with pytest.raises(RuntimeError):
        draft.put("a", b"")


def test_a_record_that_cannot_write_fails_alone() -> None:
    client = Client({"out/b": "SlowDown"})
    made = output(client)
    results = made.land([("t", drafted(made, name)) for name in ("a", "b", "c")], FLUSH)
    assert [isinstance(result, Failure) for result in results] == [False, True, False]
    assert isinstance(results[1], Failure)
    assert results[1].error_type == "SlowDown"
    assert list(client.objects) == ["out/a", "out/c"]


def test_what_is_kept_is_written_once_and_is_no_failure_the_second_time() -> None:
    client = Client()
    made = output(client, if_exists="keep")
    first, second = made.draft("{}", None, "t"), made.draft("{}", None, "t")
    first.put("a", "one")
    second.put("a", "two")
    assert made.land([("t", first), ("t", second)], FLUSH) == [Landed("s3://bucket/out/a")] * 2
    assert client.objects == {"out/a": b"one"}


def test_another_refusal_of_a_conditional_write_is_a_failure() -> None:
    made = output(Client({"out/a": "AccessDenied"}), if_exists="keep")
    (result,) = made.land([("t", drafted(made, "a"))], FLUSH)
    assert isinstance(result, Failure)


def land_both(order: Any, run: Run) -> None:
    run.outputs.files.put(f"{order['order_id']}.txt", order["order_id"])
    run.outputs.raw.put(order)


def test_the_ledger_names_the_line_of_the_raw_stage_where_a_run_lands_there_too() -> None:
    client = Client()
    files = OutputSettings(name="files", type="s3", target="bucket", options=OPTIONS)
    world = World(land_both, outputs=(files, *SETTINGS.outputs))
    services = replace(world.services(), client=lambda _service: client)
    world.send({"order_id": "o-1"})
    records = [message.to_record() for message in world.sqs.receive(world.buffer, 1)]
    runner(land_both).with_(world.settings, services)({"Records": records}, world.context())
    (entry,) = world.entries(Status.SUCCEEDED)
    assert (entry.location or "").endswith("records.ndjson#1")
    assert client.objects == {"out/o-1.txt": b"o-1"}
