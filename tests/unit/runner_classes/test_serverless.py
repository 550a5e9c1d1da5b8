"""The serverless class: the default, with a handler that is named by module and function."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from constructs_lib.composition import plan_pipeline
from constructs_lib.runner_classes import RUNNER_CLASSES, AnyRunnerClass
from constructs_lib.runner_classes.serverless import Serverless
from functions.contract.environment import Variable
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields

if TYPE_CHECKING:
    from pathlib import Path

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


def test_the_plan_runs_the_handler_from_the_users_folder(tmp_path: Path) -> None:
    function = plan_pipeline(declare(tmp_path)).function("land_order")
    assert function.handler == "handlers.orders.land_order"
    assert function.name == "shop-orders-dev-land-order"
    assert (function.code.origin, function.code.directory, function.code.package) == ("user", str(tmp_path), "handlers")
    assert function.code.requirements is None


def test_stated_limits_replace_those_of_the_size(tmp_path: Path) -> None:
    of_size = plan_pipeline(declare(tmp_path, runner={"handler": HANDLER, "size": "medium"}))
    runner = {"handler": HANDLER, "size": "medium", "timeout": "20s", "max_concurrency": 3}
    stated = plan_pipeline(declare(tmp_path, runner=runner))
    assert (of_size.function("land_order").timeout, of_size.mappings[0].max_concurrency) == (60, 20)
    assert (stated.function("land_order").timeout, stated.mappings[0].max_concurrency) == (20, 3)
    assert of_size.function("land_order").memory == stated.function("land_order").memory == 512


def test_settings_and_secrets_reach_the_handler_by_name(tmp_path: Path) -> None:
    runner = {"handler": HANDLER, "environment": {"CURRENCY": "EUR"}, "secrets": ["partner/token"]}
    function = plan_pipeline(declare(tmp_path, runner=runner)).function("land_order")
    values = {variable.name: variable.value for variable in function.environment}
    assert (values["CURRENCY"], values[Variable.SECRETS]) == ("EUR", '["partner/token"]')
    (grant,) = (grant for grant in function.grants if grant.sid == "Secrets")
    assert [resource.rpartition(":secret:")[2] for resource in grant.resources] == ["partner/token-??????"]


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"class": "container"}, "runner-class-elsewhere", "runner.class"),
        ({"size": "huge"}, "size-unknown", "runner.size"),
        ({"timeout": "16m"}, "timeout-too-long", "runner.timeout"),
        ({"max_concurrency": 1}, "concurrency-out-of-range", "runner.max_concurrency"),
        ({"handler": "land_order"}, "text-wrong", "runner.handler"),
        ({"handler": "handlers.orders:land_ordr"}, "handler-missing", "runner.handler"),
        ({"code": "elsewhere"}, "code-missing", "runner.code"),
        ({"requirements": "none.txt"}, "requirements-missing", "runner.requirements"),
        ({"secrets": ["ghp_" + "16C7e42F292c6912E7"]}, "secret-is-a-value", "runner.secrets[0]"),
        ({"environment": {"LIMIT": 5}}, "type-wrong", "runner.environment.LIMIT"),
        ({"environment": {"1ST": "5"}}, "text-wrong", "runner.environment.1ST"),
        ({"environment": {"[key]": "5"}}, "text-wrong", "runner.environment.[key]"),
        (
            {"environment": {"PIPELINE_STATE_TABLE": "mine"}},
            "environment-reserved",
            "runner.environment.PIPELINE_STATE_TABLE",
        ),
        (
            {"environment": {"POWERTOOLS_LOG_LEVEL": "DEBUG"}},
            "environment-reserved",
            "runner.environment.POWERTOOLS_LOG_LEVEL",
        ),
        ({"environment": {"AWS_REGION": "eu-west-1"}}, "environment-reserved", "runner.environment.AWS_REGION"),
        ({"environment": {"LAMBDA_TASK_ROOT": "/"}}, "environment-reserved", "runner.environment.LAMBDA_TASK_ROOT"),
        ({"environment": {"_HANDLER": "mine"}}, "environment-reserved", "runner.environment._HANDLER"),
        ({"environment": {"_X_AMZN_TRACE_ID": "1"}}, "environment-reserved", "runner.environment._X_AMZN_TRACE_ID"),
        ({"handler": f"handlers.orders:{'f' * 128}"}, "length-wrong", "runner.handler"),
    ],
    ids=str,
)
def test_what_cannot_run_here_is_refused_with_its_place(
    tmp_path: Path, changes: dict[str, Any], code: str, path: str
) -> None:
    faults = from_fields(tmp_path, runner={"handler": HANDLER, **changes})
    assert [(fault.code, fault.path) for fault in faults] == [(code, path)]


def test_names_that_only_resemble_reserved_ones_are_free(tmp_path: Path) -> None:
    environment = {"TZ": "UTC", "PIPELINES": "2", "AWSOME": "yes", "MY_AWS_REGION": "eu-west-1", "aws_region": "x"}
    assert from_fields(tmp_path, runner={"handler": HANDLER, "environment": environment}) == ()


def test_a_handler_without_trouble_has_no_fault(tmp_path: Path) -> None:
    assert from_fields(tmp_path, runner={"handler": HANDLER, "environment": {"LIMIT": "5"}}) == ()
