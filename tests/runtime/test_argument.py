"""What a handler is given as its record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

import pytest
from pydantic import BaseModel

from functions.runtime.argument import argument_builder
from functions.runtime.errors import ContractBreak, SettingsError

if TYPE_CHECKING:
    from functions.runtime.run import Run


@dataclass(frozen=True)
class Line:
    sku: str
    quantity: int = 1


@dataclass(frozen=True)
class Order:
    order_id: str
    total: float
    lines: list[Line] = field(default_factory=list)
    note: str | None = None
    extra: Any = None

    def __post_init__(self) -> None:
        if self.total < 0:
            raise ValueError("a total cannot be negative")


class Model(BaseModel):
    order_id: str


class Loose(TypedDict):
    order_id: str


def with_dataclass(order: Order, run: Run) -> None: ...
def with_model(order: Model, run: Run) -> None: ...
def with_typed_dict(order: Loose, run: Run) -> None: ...
def with_any(order: Any, run: Run) -> None: ...
def with_dict(order: dict[str, Any], run: Run) -> None: ...


def annotated(**annotations: str) -> Any:
    """Return a function with these annotations, whether or not they mean anything."""

    def function(order: Any, run: Any) -> None: ...

    function.__annotations__ = annotations
    return function


@pytest.mark.parametrize("function", [with_typed_dict, with_any, with_dict, annotated()])
def test_a_plain_annotation_hands_over_the_decoded_body_itself(function: Any) -> None:
    body = {"order_id": "o-1"}
    assert argument_builder(function)(body) is body


def test_a_dataclass_is_built_with_what_is_inside_it() -> None:
    body = {"order_id": "o-1", "total": 3, "lines": [{"sku": "a", "quantity": 2}, {"sku": "b"}], "unknown": 1}
    order = argument_builder(with_dataclass)(body)
    assert order == Order("o-1", 3, [Line("a", 2), Line("b")])


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ([], "body"),
        ({"total": 1}, "body"),
        ({"order_id": 1, "total": 1}, "body.order_id"),
        ({"order_id": "o", "total": True}, "body.total"),
        ({"order_id": "o", "total": -1}, "body"),
        ({"order_id": "o", "total": 1, "lines": {}}, "body.lines"),
        ({"order_id": "o", "total": 1, "lines": [{"sku": "a"}, {"sku": 1}]}, "body.lines[1].sku"),
        ({"order_id": "o", "total": 1, "note": 5}, "body.note"),
    ],
)
def test_a_body_that_does_not_fit_a_dataclass_breaks_the_contract(body: Any, place: str) -> None:
    with pytest.raises(ContractBreak) as caught:
        argument_builder(with_dataclass)(body)
    assert (caught.value.code, caught.value.place) == ("argument-misfit", place)


def test_a_model_of_the_users_library_validates() -> None:
    assert argument_builder(with_model)({"order_id": "o-1"}) == Model(order_id="o-1")
    with pytest.raises(ContractBreak) as caught:
        argument_builder(with_model)({"order_id": 7})
    assert caught.value.place == "body"


def test_an_annotation_that_does_not_exist_at_run_time_stops_the_cold_start() -> None:
    with pytest.raises(SettingsError, match=r"function.*Missing.*TYPE_CHECKING"):
        argument_builder(annotated(order="Missing"))


def test_only_the_first_annotation_must_exist_at_run_time() -> None:
    assert argument_builder(annotated(order="Order", run="Absent"))({"order_id": "o", "total": 1}) == Order("o", 1)
