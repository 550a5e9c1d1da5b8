"""The environment is read once, and everything that is wrong with it is told together."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any

import pytest

from functions.contract.environment import Variable, dump_outputs
from functions.runtime.errors import SettingsError
from functions.runtime.settings import RunnerSettings
from tests.runtime.fakes import SETTINGS, contract
from tests.runtime.fan_in.groups import FAN_IN

OPTIONAL = {Variable.CONTRACT, Variable.SECRETS}


def environment(**changes: str | None) -> dict[str, str]:
    values: dict[str, str | None] = {
        Variable.PIPELINE: SETTINGS.pipeline,
        Variable.STAGE: SETTINGS.stage,
        Variable.DATA_CLASS: SETTINGS.data_class,
        Variable.MANIFEST_HASH: SETTINGS.manifest_hash,
        Variable.SOURCE: SETTINGS.source,
        Variable.TENANT: SETTINGS.tenant.to_json(),
        Variable.IDEMPOTENCY: SETTINGS.idempotency.to_json(),
        Variable.RETRY: SETTINGS.retry.to_json(),
        Variable.OUTPUTS: dump_outputs(SETTINGS.outputs),
        Variable.QUEUE_URL: SETTINGS.queue_url,
        Variable.DLQ_URL: SETTINGS.dlq_url,
        Variable.STATE_TABLE: SETTINGS.state_table,
        Variable.LEDGER_TABLE: SETTINGS.ledger_table,
        Variable.LEDGER_RETENTION: str(SETTINGS.ledger_retention),
        Variable.RAW_BUCKET: SETTINGS.raw_bucket,
        Variable.EVENT_BUS: SETTINGS.event_bus,
        **{Variable[name]: value for name, value in changes.items()},
    }
    return {name: value for name, value in values.items() if value is not None}


def test_a_complete_environment_is_read() -> None:
    assert RunnerSettings.from_environment(environment()) == SETTINGS


def test_optional_variables_are_read_when_they_are_there() -> None:
    optional = {"SECRETS": '["crm"]', "CONTRACT": contract().to_json(), "STORE": "portable"}
    settings = RunnerSettings.from_environment(environment(**optional))
    assert (settings.secrets, settings.store) == (("crm",), "portable")
    assert settings.contract == contract()


@pytest.mark.parametrize("variable", [name for name in environment() if name not in OPTIONAL])
def test_a_missing_variable_is_named(variable: str) -> None:
    with pytest.raises(SettingsError) as caught:
        RunnerSettings.from_environment({**environment(), variable: ""})
    assert caught.value.faults == (f"{variable} is missing",)


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        RunnerSettings.from_environment({})
    assert {fault.split()[0] for fault in caught.value.faults} == set(environment())


@pytest.mark.parametrize(("store", "refused"), [("portable", True), ("partiql", False)])
def test_fan_in_is_refused_where_there_is_no_partiql(store: str, *, refused: bool) -> None:
    together = environment(STORE=store, FAN_IN=FAN_IN.to_json())
    with pytest.raises(SettingsError, match="fan-in needs PartiQL") if refused else nullcontext():
        RunnerSettings.from_environment(together)


def retry(**changes: Any) -> str:
    return json.dumps({**json.loads(SETTINGS.retry.to_json()), **changes})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RETRY", "not json"),
        ("RETRY", "[]"),
        ("RETRY", "{}"),
        ("RETRY", retry(more=1)),
        ("RETRY", retry(max_attempts="5")),
        ("RETRY", retry(max_attempts=True)),
        ("RETRY", retry(max_attempts=0)),
        ("RETRY", retry(backoff_rate=0.5)),
        ("RETRY", retry(interval_seconds=-1)),
        ("RETRY", retry(jitter="some")),
        ("IDEMPOTENCY", '{"key": [], "ttl_seconds": 1}'),
        ("IDEMPOTENCY", '{"key": ["body..x"], "ttl_seconds": 1}'),
        ("IDEMPOTENCY", '{"key": ["body.x"], "ttl_seconds": 0}'),
        ("IDEMPOTENCY", '{"key": "body.x", "ttl_seconds": 1}'),
        ("TENANT", '{"isolation": "loose"}'),
        ("TENANT", '{"key": "["}'),
        ("CONTRACT", contract(on_invalid="drop").to_json()),
        ("CONTRACT", contract(on_drift="maybe").to_json()),
        ("OUTPUTS", '[{"name": "x", "type": "fax", "target": "y"}]'),
        ("OUTPUTS", '{"name": "x"}'),
        ("OUTPUTS", "[1]"),
        ("SECRETS", '{"a": 1}'),
        ("SECRETS", "[1]"),
        ("SOURCE", "carrier-pigeon"),
        ("DATA_CLASS", "secret"),
        ("LEDGER_RETENTION", "long"),
    ],
)
def test_a_malformed_variable_is_named_with_what_is_wrong(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        RunnerSettings.from_environment(environment(**{name: value}))
    (fault,) = caught.value.faults
    assert fault.startswith(f"{Variable[name]} is malformed: ")
