"""The contracts of a pipeline: of what a record must be, and of what a request and its answer must look like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.model.plan import ContractPlan, RequestPlan
from functions.contract.identity import content_hash

if TYPE_CHECKING:
    from constructs_lib.declaration.pipeline import PipelineDeclaration


def plan_contract(declaration: PipelineDeclaration) -> ContractPlan | None:
    """Return the contract that records are checked against; its files have been found readable before."""
    contract = declaration.contract
    if contract is None:
        return None
    files = [_file(declaration, name) for name in (contract.schema_, contract.parameters)]
    return ContractPlan(
        id=contract.id,
        version=contract.version,
        schema_file=files[0],
        schema_hash=_schema_hash(*files),
        on_invalid=contract.on_invalid,
        on_drift=contract.on_drift,
    )


def plan_request(declaration: PipelineDeclaration) -> RequestPlan:
    """Return the schemas of a request's parameters and of its response."""
    contract = declaration.contract
    return RequestPlan(
        parameters_file=_file(declaration, contract.parameters if contract else None),
        response_file=_file(declaration, declaration.source.response_schema()),
    )


def _file(declaration: PipelineDeclaration, name: str | None) -> str | None:
    return str((Path(declaration.directory) / name).resolve()) if name else None


def _schema_hash(body: str | None, parameters: str | None) -> str:
    """Return the hash of the body's schema; one that speaks of parameters too is another contract."""
    schemas = [json.loads(Path(file).read_text(encoding="utf-8")) if file else True for file in (body, parameters)]
    return content_hash(schemas if parameters else schemas[0])
