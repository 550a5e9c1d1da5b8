"""The serverless class: the default, with a handler that is named by module and function."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from constructs_lib.runner_classes import RUNNER_CLASSES, AnyRunnerClass
from constructs_lib.runner_classes.serverless import Serverless

RUNNER: TypeAdapter[object] = TypeAdapter(AnyRunnerClass)
HANDLER = "handlers.orders:land_order"


def test_the_class_is_found_by_its_module() -> None:
    assert (Serverless,) == RUNNER_CLASSES


@pytest.mark.parametrize(
    "written", [{"handler": HANDLER}, {"class": "serverless", "handler": HANDLER}, Serverless(handler=HANDLER)]
)
def test_a_runner_without_a_class_is_serverless(written: object) -> None:
    assert RUNNER.validate_python(written) == Serverless(handler=HANDLER)


@pytest.mark.parametrize("name", ["container", "managed_etl", "dedicated"])
def test_other_classes_do_not_run_here(name: str) -> None:
    with pytest.raises(ValidationError, match="union_tag_invalid"):
        RUNNER.validate_python({"class": name, "handler": HANDLER})


def test_the_handler_names_the_function_and_the_package_to_bundle() -> None:
    runner = Serverless(handler="handlers.sub.orders:land_order")
    assert (runner.function_id(), runner.package()) == ("land_order", "handlers")


@pytest.mark.parametrize(
    "handler", ["land_order", "handlers.orders.land_order", "handlers/orders:f", "a:b:c", "a:1b", ":f", "a.:f"]
)
def test_what_names_no_function_is_refused(handler: str) -> None:
    with pytest.raises(ValidationError):
        Serverless(handler=handler)


def test_limits_are_taken_from_the_size_unless_they_are_stated() -> None:
    assert Serverless(handler=HANDLER).timeout is None
    assert Serverless(handler=HANDLER, timeout=timedelta(seconds=9)).timeout == timedelta(seconds=9)


def test_a_dumped_runner_says_class_as_the_declaration_does() -> None:
    assert Serverless(handler=HANDLER).model_dump()["class"] == "serverless"
