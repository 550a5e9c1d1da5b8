"""The state machine of a workflow in the template: versions that outlive it, alias, log, traces, key and role."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import App, Stack
from cfnlint import lint
from cfnlint.config import ManualArgs

from constructs_lib.governance.attach import govern, synthesize
from constructs_lib.patterns import Encryption, Pipeline, Platform
from tests.synth.templates import named, only
from tests.workflows import declare_workflow, task, undo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synth.templates import Template


def template(folder: Path, encryption: Encryption = Encryption.AWS_OWNED) -> Template:
    app = App()
    stack = Stack(app, "Shop")
    platform = Platform(stack, "Platform", encryption=encryption)
    declaration = declare_workflow(folder, task("pay", undo=undo()), task("ship"))
    pipeline = Pipeline(stack, "Orders", declaration, platform=platform)
    assert pipeline.state_machine.state_machine_name
    found: Template = app.synth().get_stack_by_name("Shop").template
    return found


def test_running_executions_keep_their_definition_and_their_code(tmp_path: Path) -> None:
    found = template(tmp_path)
    version = only(found, "AWS::StepFunctions::StateMachineVersion")
    alias = only(found, "AWS::StepFunctions::StateMachineAlias")
    assert (version["DeletionPolicy"], version["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert alias["Properties"]["Name"] == "live"
    machine = only(found, "AWS::StepFunctions::StateMachine")["Properties"]
    pay = machine["DefinitionSubstitutions"]["Version.pay"]["Ref"]
    assert found["Resources"][pay]["DeletionPolicy"] == "Retain"


def test_the_log_has_no_data_of_records_and_traces_are_on(tmp_path: Path) -> None:
    machine = only(template(tmp_path), "AWS::StepFunctions::StateMachine")["Properties"]
    logs = machine["LoggingConfiguration"]
    assert (logs["IncludeExecutionData"], logs["Level"]) == (False, "ERROR")
    assert machine["TracingConfiguration"] == {"Enabled": True}


def test_the_platforms_own_key_encrypts_what_executions_hold(tmp_path: Path) -> None:
    machine = only(template(tmp_path, Encryption.CUSTOMER_MANAGED), "AWS::StepFunctions::StateMachine")
    assert machine["Properties"]["EncryptionConfiguration"]["Type"] == "CUSTOMER_MANAGED_KMS_KEY"
    plain = only(template(tmp_path), "AWS::StepFunctions::StateMachine")
    assert "EncryptionConfiguration" not in plain["Properties"]


def test_ends_without_a_word_are_told_to_a_function(tmp_path: Path) -> None:
    rule = named(template(tmp_path), "AWS::Events::Rule", Name="shop-orders-dev-closed-runs")
    detail = rule["Properties"]["EventPattern"]["detail"]
    assert detail["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]


def test_every_place_in_the_definition_is_filled(tmp_path: Path) -> None:
    machine = only(template(tmp_path), "AWS::StepFunctions::StateMachine")["Properties"]
    text = json.dumps(machine["DefinitionString"])
    for place in machine["DefinitionSubstitutions"]:
        text = text.replace("${" + place + "}", "")
    assert "${" not in text


def test_services_are_called_in_the_partition_that_is_deployed_to(tmp_path: Path) -> None:
    machine = only(template(tmp_path), "AWS::StepFunctions::StateMachine")["Properties"]
    nothing, pieces = machine["DefinitionString"]["Fn::Join"]
    assert (nothing, [piece for piece in pieces if piece == {"Ref": "AWS::Partition"}]) == ("", pieces[1::2])
    china = json.loads("".join(piece if isinstance(piece, str) else "aws-cn" for piece in pieces))
    assert china["States"]["pay"]["Resource"] == "arn:aws-cn:states:::lambda:invoke"
    assert "arn:aws:" not in json.dumps(china)


def test_the_linter_finds_no_error_in_the_template(tmp_path: Path) -> None:
    found = lint(json.dumps(template(tmp_path)), config=ManualArgs(regions=["eu-central-1", "cn-north-1"]))
    assert [str(match) for match in found if match.rule.id.startswith("E")] == []


def test_neither_rules_nor_packs_find_anything(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "out"), context={"aws:cdk:enable-path-metadata": True})
    Pipeline(Stack(app, "Shop"), "Orders", declare_workflow(tmp_path, task("pay", undo=undo()), task("ship")))
    govern(app)
    synthesize(app)
    found = json.loads((tmp_path / "out" / "governance-report.json").read_text(encoding="utf-8"))["findings"]
    packs = json.loads((tmp_path / "out" / "validation-report.json").read_text(encoding="utf-8"))["pluginReports"]
    assert (found, [report["violations"] for report in packs if report["violations"]]) == ([], [])
