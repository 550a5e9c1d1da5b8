"""The rule on the page about contracts: it listens to the platform's bus for drift, and for nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from aws_cdk import App, aws_sns

import constructs_lib
from constructs_lib.patterns import PlatformStack
from tests.synth.templates import of_type

PAGE = (Path(constructs_lib.__file__).parents[1] / "docs/contract.md").read_text(encoding="utf-8")
(RULE,) = re.findall(r"^```python rule\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_rule_of_the_page_hands_drift_on_the_platforms_bus_to_a_topic(tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    exec(compile(RULE, "contract.md", "exec", dont_inherit=True), names)  # noqa: S102 - the block is this repository's own
    app = App(outdir=str(tmp_path / "assembly"))
    stack = PlatformStack(app, "platform")
    names["tell_of_drift"](stack, stack.platform, aws_sns.Topic(stack, "Told", enforce_ssl=True))
    template = app.synth().get_stack_by_name("platform").template
    (bus,) = of_type(template, "AWS::Events::EventBus")
    (rule,) = [
        one["Properties"]
        for one in of_type(template, "AWS::Events::Rule").values()
        if one["Properties"].get("EventBusName") == {"Ref": bus}
    ]
    assert rule["EventPattern"] == {"source": ["serverless-pipelines"], "detail-type": ["ContractDrift"]}
    assert len(rule["Targets"]) == 1
