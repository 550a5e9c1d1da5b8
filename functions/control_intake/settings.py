"""What the controlling function knows from its environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from functions.contract.environment import BackPressureSettings, Variable
from functions.control_intake.intake import Plan
from functions.runtime.environment import EnvironmentReader
from functions.runtime.seldom_settings import back_pressure

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class ControlSettings:
    """The settings of one controlling function."""

    pipeline: str
    stage: str
    manifest_hash: str
    back_pressure: BackPressureSettings
    mapping_id: str
    max_concurrency: int
    state_table: str
    ledger_table: str
    ledger_retention: int
    event_bus: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read every variable of ``environment``.

        Raises:
            SettingsError: variables are missing or malformed; all of them are named.
        """
        read = EnvironmentReader(environment)
        settings = cls(
            pipeline=read.required(Variable.PIPELINE, str),
            stage=read.required(Variable.STAGE, str),
            manifest_hash=read.required(Variable.MANIFEST_HASH, str),
            back_pressure=read.required(Variable.BACK_PRESSURE, back_pressure),
            mapping_id=read.required(Variable.MAPPING, str),
            max_concurrency=read.required(Variable.MAX_CONCURRENCY, int),
            state_table=read.required(Variable.STATE_TABLE, str),
            ledger_table=read.required(Variable.LEDGER_TABLE, str),
            event_bus=read.required(Variable.EVENT_BUS, str),
            ledger_retention=read.required(Variable.LEDGER_RETENTION, int),
        )
        read.check()
        return settings

    @property
    def plan(self) -> Plan:
        """What is declared of intake."""
        declared = self.back_pressure
        return Plan(self.max_concurrency, declared.action == "pause", declared.recovery_timeout_seconds * 1000)
