from __future__ import annotations

from typing import Any

from constructs_lib.governance.rules.shared_role import SharedRole
from tests.unit.governance.cases import at, deployed, resource

RULE = SharedRole()


def function(role: Any) -> dict[str, Any]:
    return resource("AWS::Lambda::Function", Role=role)


def test_a_role_for_each_function_passes() -> None:
    assert deployed(RULE, {"Land": function(at("LandRole")), "Verify": function(at("VerifyRole"))}) == []


def test_the_second_function_on_a_role_is_denied() -> None:
    (finding,) = deployed(RULE, {"Land": function(at("Role")), "Verify": function({"Fn::Sub": "${Role.Arn}"})})
    assert (finding.place.logical_id, finding.found) == ("Verify", "the role of Land")
