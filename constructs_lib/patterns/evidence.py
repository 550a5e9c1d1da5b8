"""Keeping the evidence: the functions that archive and seal the ledger, what starts them, and their alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition.evidence import ARCHIVE, SEAL, evidence_alarms, evidence_functions, missing_run
from constructs_lib.patterns import leaves
from constructs_lib.patterns.fragment import Fragment
from constructs_lib.patterns.functions import PlannedFunction, build_function, construct_id, platform_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import CfnResource, aws_dynamodb, aws_lambda
    from constructs import Construct

    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.plan import PlatformNames

STREAM_MAPPING = "LedgerStream"
SCHEDULE = "SealDaily"
SCHEDULE_ROLE = "SealDailyRole"


class EvidenceKeeping:
    """The archiving and the sealing function of a platform, by their plan ids."""

    def __init__(
        self,
        scope: Construct,
        names: PlatformNames,
        *,
        ledger: aws_dynamodb.Table,
        layer: aws_lambda.ILayerVersion,
        known: Mapping[str, str],
    ) -> None:
        """Make functions, event source mapping, schedule, logs and alarms in ``scope``."""
        self.plans: dict[str, FunctionPlan] = {plan.id: plan for plan in evidence_functions(names)}
        self.built: dict[str, PlannedFunction] = {
            id: build_function(scope, plan, platform_code(), layer, known) for id, plan in self.plans.items()
        }
        self._fragment = Fragment(construct_id(f"{names.platform}-{names.stage}-platform"))
        self._add_leaves(names, ledger.table_stream_arn or "")
        self._fragment.include(scope)

    @property
    def mapping(self) -> CfnResource:
        """The event source mapping from the ledger's stream to the archiving function."""
        return self._fragment.resource(STREAM_MAPPING)

    def _add_leaves(self, names: PlatformNames, stream_arn: str) -> None:
        add, archive, seal = self._fragment.add, self.plans[ARCHIVE], self.plans[SEAL]
        for plan in self.plans.values():
            add(f"{construct_id(plan.id)}Logs", leaves.log_group(plan))
        add(STREAM_MAPPING, leaves.stream_mapping(self._fragment.reference(stream_arn), self._alias(ARCHIVE)))
        add(SCHEDULE_ROLE, leaves.schedule_role(self._alias(SEAL)))
        role = {"Fn::GetAtt": [self._fragment.logical_id(SCHEDULE_ROLE), "Arn"]}
        add(SCHEDULE, leaves.daily(f"{names.platform}-{names.stage}-seal-daily", self._alias(SEAL), role))
        for alarm in evidence_alarms(archive, seal, names.platform):
            add(f"Alarm{construct_id(alarm.id)}", leaves.alarm(alarm, names.alarm_topic))
        missing = missing_run(seal)
        add(f"Alarm{construct_id(missing.id)}", leaves.alarm_without_data(missing, names.alarm_topic))

    def _alias(self, plan_id: str) -> dict[str, object]:
        return self._fragment.reference(self.built[plan_id].alias.function_arn)
