"""A fault says where, what, what is allowed and the way out; all faults come at once."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from constructs_lib.declaration import parse_pipeline
from constructs_lib.event_sources import EVENT_SOURCES
from constructs_lib.outputs import OUTPUTS
from tests.unit.declaration.bad_input import BOMB, HTTP, RUNNER, faults_of, from_fields, from_text

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ", ".join(sorted(kind.model_fields["type"].default for kind in EVENT_SOURCES))
KNOWN_OUTPUTS = ", ".join(kind.model_fields["type"].default for kind in OUTPUTS)
SEVERAL = textwrap.dedent("""\
    version: 1
    pipeline: shop-orders
    ownr: orders@example.com
    owner: orders@example.com
    source:
      type: http
      path: /shops/{shop_id}/orders
      auth:
        type: hmac
        secret: shop-webhook-key
        tolerance: 5
    runner:
      handler: handlers.orders:land_order
      size: huge
    idempotency: { key: [message_id], ttl: 1d }
    outputs:
      - type: raw
      - type: row
    """)


def test_every_fault_is_told_at_once_with_its_line_and_path(tmp_path: Path) -> None:
    found = [(fault.line, fault.path, fault.code) for fault in from_text(SEVERAL, tmp_path)]
    assert found == [
        (3, "ownr", "unknown-field"),
        (11, "source.auth.tolerance", "unit-wrong"),
        (14, "runner.size", "size-unknown"),
        (15, "idempotency.key[0]", "key-from-transport"),
        (15, "idempotency.ttl", "ttl-too-short"),
        (18, "outputs[1].type", "kind-unknown"),
    ]


def test_the_text_of_a_fault_has_file_line_path_and_code(tmp_path: Path) -> None:
    text = str(from_text(SEVERAL, tmp_path)[0])
    assert text.startswith("shop.yaml:3 ownr: ")
    assert text.endswith("did you mean owner? [unknown-field]")


@pytest.mark.parametrize(
    ("changes", "path", "suggestion"),
    [
        ({"queue": {"batchsize": 5}}, "queue.batchsize", "batch_size"),
        (
            {"source": {**HTTP, "auth": {"type": "hmac", "secret": "k", "tolerence": "5m"}}},
            "source.auth.tolerence",
            "tolerance",
        ),
        ({"runner": {**RUNNER, "timeot": "5s"}}, "runner.timeot", "timeout"),
        ({"contract": {"id": "o", "version": "1", "shema": "x"}}, "contract.shema", "schema"),
        ({"outputs": [{"type": "raw", "tpye": "raw"}]}, "outputs[0].tpye", "type"),
    ],
)
def test_a_misspelt_field_suggests_the_nearest(
    changes: dict[str, object], path: str, suggestion: str, tmp_path: Path
) -> None:
    fault = next(fault for fault in from_fields(tmp_path, **changes) if fault.code == "unknown-field")
    assert fault.path == path
    assert fault.fix == f"did you mean {suggestion}?"
    assert suggestion in fault.allowed


def test_a_field_without_a_name_beside_a_type_without_one_is_a_field() -> None:
    told = {
        (fault.code, fault.path) for fault in faults_of(lambda: parse_pipeline('{"": 1, "type": ""}', file="a.json"))
    }
    assert {("unknown-field", ""), ("unknown-field", "type")} <= told


def test_names_of_python_are_not_names_of_the_declaration(tmp_path: Path) -> None:
    faults = from_fields(tmp_path, contract={"id": "o", "version": "1", "schema_": "schemas/order.json"})
    assert {(fault.code, fault.path) for fault in faults} == {
        ("unknown-field", "contract.schema_"),
        ("field-missing", "contract.schema"),
    }
    assert [f.path for f in from_fields(tmp_path, directory="/tmp")] == ["directory"]  # noqa: S108 - nothing is written


def test_an_unknown_type_lists_the_types_that_exist(tmp_path: Path) -> None:
    fault = from_fields(tmp_path, source={"type": "sqs"})[0]
    assert (fault.code, fault.path, fault.allowed) == ("kind-unknown", "source.type", SOURCES)


@pytest.mark.parametrize(
    ("changes", "path", "allowed"),
    [
        ({"source": {"path": "/orders"}}, "source", f"type: {SOURCES}"),
        ({"source": {**HTTP, "auth": {"secret": "k"}}}, "source.auth", "type: hmac, iam, jwt, api_key, none"),
        ({"outputs": [{}]}, "outputs[0]", f"type: {KNOWN_OUTPUTS}"),
        ({"network": {}}, "network", "type: public"),
    ],
)
def test_a_value_without_a_type_is_told_the_types_that_exist(
    tmp_path: Path, changes: dict[str, object], path: str, allowed: str
) -> None:
    fault = next(fault for fault in from_fields(tmp_path, **changes) if fault.code == "kind-missing")
    assert (fault.path, fault.allowed) == (path, allowed)
    assert fault.fix == f"add {allowed.partition(',')[0]}"


def test_a_kind_that_is_written_as_a_word_has_no_field_to_point_at(tmp_path: Path) -> None:
    fault = from_fields(tmp_path, network="privat")[0]
    assert (fault.code, fault.path) == ("kind-unknown", "network")


def test_a_value_of_an_unknown_type_is_one_fault_and_hides_no_other(tmp_path: Path) -> None:
    faults = from_fields(tmp_path, outputs=[{"type": "row"}], runner={**RUNNER, "size": "huge", "class": "container"})
    assert {(f.code, f.path) for f in faults} == {
        ("kind-unknown", "outputs[0].type"),
        ("runner-class-elsewhere", "runner.class"),
    }


def test_a_runner_class_that_is_not_built_here_says_so(tmp_path: Path) -> None:
    fault = from_fields(tmp_path, runner={**RUNNER, "class": "managed_etl"})[0]
    assert (fault.code, fault.path) == ("runner-class-elsewhere", "runner.class")
    assert "managed_etl" in fault.fix


def test_a_size_above_the_catalogue_names_the_sizes_and_the_class_that_fits(tmp_path: Path) -> None:
    fault = from_fields(tmp_path, runner={**RUNNER, "size": "colossal"})[0]
    assert fault.allowed == "small, medium, large, xlarge"
    assert "container" in fault.fix
    assert "managed_etl" in fault.fix


def test_a_secret_in_place_of_its_name_is_not_repeated(tmp_path: Path) -> None:
    value = "sk_live_51H8abcdefghij"
    faults = from_fields(tmp_path, source={**HTTP, "auth": {"type": "hmac", "secret": value}})
    assert [fault.code for fault in faults] == ["secret-is-a-value"]
    assert value not in str(faults[0])


def test_no_number_is_taken_for_text_and_no_text_for_a_number(tmp_path: Path) -> None:
    faults = from_fields(
        tmp_path,
        contract={"id": "o", "version": 1.0, "schema": "schemas/order.json"},
        queue={"batch_size": "10"},
        observability={"tracing": "yes"},
        retry={"max_attempts": True},
    )
    wrong = {fault.path for fault in faults if fault.code == "type-wrong"}
    assert wrong == {"contract.version", "queue.batch_size", "observability.tracing", "retry.max_attempts"}


def test_a_second_key_names_the_line_of_the_first(tmp_path: Path) -> None:
    text = SEVERAL + "source: { type: queue }\n"
    fault = next(fault for fault in from_text(text, tmp_path) if fault.code == "duplicate-key")
    assert (fault.path, fault.line) == ("source", 19)
    assert "line 5" in fault.found


def test_a_bomb_of_anchors_is_refused_before_it_grows(tmp_path: Path) -> None:
    assert [fault.code for fault in from_text(BOMB, tmp_path)] == ["too-many-values"]


def test_a_tag_runs_nothing(tmp_path: Path) -> None:
    text = f"owner: !!python/object/apply:os.mkdir ['{tmp_path / 'made'}']\n"
    assert "yaml-tag" in {fault.code for fault in from_text(text, tmp_path)}
    assert not (tmp_path / "made").exists()


def test_a_valid_declaration_has_no_fault(tmp_path: Path) -> None:
    assert from_fields(tmp_path) == ()


def test_a_second_source_is_one_fault_and_not_one_for_each_name_in_it(tmp_path: Path) -> None:
    text = "source: { type: queue }\nsource: { type: http, path: /orders }\nowner: a\nowner: b\n"
    doubled = [fault.path for fault in from_text(text, tmp_path) if fault.code == "duplicate-key"]
    assert doubled == ["source", "owner"]


def test_a_number_with_a_currency_is_told_to_be_digits(tmp_path: Path) -> None:
    (fault,) = (f for f in from_fields(tmp_path, budget={"monthly_usd": "$5"}) if f.path == "budget.monthly_usd")
    assert fault.fix == "write digits, without quotes, unit or currency"


def test_a_step_of_a_branch_without_a_type_is_told_all_of_them(tmp_path: Path) -> None:
    step = {"type": "parallel", "name": "prepare", "branches": {"task": [{}], "other": [{"type": "tusk"}]}}
    workflow = {"timeout": "1h", "steps": [step]}
    told = {fault.path: fault for fault in from_fields(tmp_path, runner=None, workflow=workflow)}
    place = "workflow.steps[0].branches"
    assert (told[f"{place}.task[0]"].code, told[f"{place}.other[0].type"].code) == ("kind-missing", "kind-unknown")
    assert "approval, choice" in told[f"{place}.task[0]"].allowed
    assert told[f"{place}.other[0].type"].fix == "did you mean task?"


def test_a_declaration_in_which_nothing_works_says_so_beside_its_other_faults(tmp_path: Path) -> None:
    faults = from_fields(tmp_path, runner=None, source={**HTTP, "pth": "/x"})
    assert ("handling-unclear", "runner") in {(fault.code, fault.path) for fault in faults}
    assert ("unknown-field", "source.pth") in {(fault.code, fault.path) for fault in faults}


def test_a_declaration_in_which_two_things_work_says_which(tmp_path: Path) -> None:
    workflow = {"timeout": "1h", "steps": [{"type": "succeed", "name": "done"}]}
    (fault,) = from_fields(tmp_path, workflow=workflow)
    assert (fault.code, fault.path, fault.found) == ("handling-unclear", "workflow", "runner and workflow are given")


def test_a_list_whose_item_is_wrong_is_not_told_to_be_too_short(tmp_path: Path) -> None:
    step = {"type": "task", "name": "Charge", "handler": "handlers.orders:land_order"}
    (fault,) = from_fields(tmp_path, runner=None, workflow={"timeout": "1h", "steps": [step]})
    assert (fault.code, fault.path) == ("text-wrong", "workflow.steps[0].name")
    (empty,) = from_fields(tmp_path, runner=None, workflow={"timeout": "1h", "steps": []})
    assert (empty.code, empty.path) == ("length-wrong", "workflow.steps")
