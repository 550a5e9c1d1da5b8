"""What one of several functions of a pipeline may write to and use: the outputs, stores and secrets that it names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.composition import grants
from constructs_lib.model.functions import Grant, Variable
from constructs_lib.model.reserved import SOURCE_STORE
from constructs_lib.model.resources import BundledFile
from functions.contract.environment import Variable as Name
from functions.contract.environment import dump_outputs, dump_stores
from functions.contract.identity import canonical_json

if TYPE_CHECKING:
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.contribution import Contribution
    from constructs_lib.model.plan_context import PlanContext


@dataclass(frozen=True)
class Reach:
    """Variables and grants of one function, and the files that its outputs read."""

    environment: tuple[Variable, ...]
    grants: tuple[Grant, ...]
    files: tuple[BundledFile, ...]
    reads_source: bool
    """Whether it uses the store that the source brings."""


def reach_of(
    declaration: PipelineDeclaration,
    context: PlanContext,
    *,
    outputs: tuple[str, ...],
    stores: tuple[str, ...],
    secrets: tuple[str, ...],
) -> Reach:
    """Return the reach of a function that names these outputs, stores and secrets of its pipeline."""
    written = [(index, one) for index, one in enumerate(declaration.outputs) if one.called in outputs]
    used = [(index, one) for index, one in enumerate(declaration.stores) if one.name in stores]
    reads_source = SOURCE_STORE in stores
    brought = declaration.source.stores(context) if reads_source else ()
    parts: list[Contribution] = [one.contribute(context, f"outputs[{index}]") for index, one in written]
    parts += [one.contribute(context, f"stores[{index}]") for index, one in used]
    settings = (*brought, *(one.settings(context) for _, one in used))
    base = Path(declaration.directory)
    return Reach(
        environment=(
            Variable(name=Name.OUTPUTS, value=dump_outputs(tuple(one.settings(context) for _, one in written))),
            *((Variable(name=Name.STORES, value=dump_stores(settings)),) if settings else ()),
            Variable(name=Name.SECRETS, value=canonical_json(list(secrets))),
            *(variable for part in parts for variable in part.runner_environment),
        ),
        grants=(
            *(grant for part in parts for grant in part.runner_grants),
            *(declaration.source.contribute(context).store_grants if reads_source else ()),
            *grants.secret_grants(secrets),
        ),
        files=tuple(
            BundledFile(place=place, source=str((base / file).resolve()))
            for _, output in written
            for place, file in output.files().items()
        ),
        reads_source=reads_source,
    )


def for_others(contribution: Contribution) -> Contribution:
    """Return what an output or a store adds beside its users: they bring grants, variables and the price of each run.

    What it costs by the month stays.
    """
    standing = tuple(
        driver.model_copy(update={"quantity_per_event": 0.0})
        for driver in contribution.cost_drivers
        if driver.quantity_per_month
    )
    return contribution.model_copy(update={"runner_grants": (), "runner_environment": (), "cost_drivers": standing})
