"""Commands for a deployed pipeline take the organisation's catalogue, as ``check`` and ``plan`` do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from constructs_lib.errors import DeclarationError
from constructs_lib.operations.deployed import Deployed
from tests.declarations import fields, write_project
from tests.unit.declaration.bad_input import shipped_catalog

if TYPE_CHECKING:
    from pathlib import Path


def declared(folder: Path) -> Path:
    file = write_project(folder) / "shop.json"
    file.write_text(json.dumps(fields(back_pressure={"dependency": "crm"})))
    return file


def test_a_dependency_of_an_own_catalogue_is_known(tmp_path: Path) -> None:
    values = yaml.safe_load(shipped_catalog())
    values["dependencies"]["crm"] = {"max_concurrency": 500}
    catalog = tmp_path / "catalogue.yaml"
    catalog.write_text(yaml.safe_dump(values))
    plan = Deployed.of(declared(tmp_path), stage="dev", platform="pipelines", catalog=catalog).plan
    assert plan.back_pressure is not None
    assert plan.back_pressure.dependency == "crm"


def test_without_the_catalogue_it_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError) as caught:
        Deployed.of(declared(tmp_path), stage="dev", platform="pipelines")
    assert [fault.code for fault in caught.value.faults] == ["dependency-unknown"]
