"""The two ends of a pipeline's picture: what starts a run, and where the handler reads and writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from functions.contract.environment import Variable

if TYPE_CHECKING:
    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.plan import PipelinePlan

_SOURCES = {
    "queue": ("senders", ()),
    "topic": ("SNS topic", ("AWS::SNS::Topic",)),
    "event_bus": ("EventBridge bus", ("AWS::Events::EventBus",)),
    "iot": ("rule of AWS IoT", ("AWS::IoT::TopicRule",)),
    "s3": ("S3 bucket", ("AWS::S3::Bucket",)),
    "dynamodb": ("changes of a table", ("AWS::DynamoDB::Table",)),
    "kinesis": ("Kinesis stream", ("AWS::Kinesis::Stream",)),
}
"""What is drawn in front of the queue, and the type of the resource whose name it bears."""
_TARGETS = {
    "s3": ("[(", "S3 bucket", ")]"),
    "queue": ("[[", "queue", "]]"),
    "topic": ("([", "SNS topic", "])"),
    "event_bus": ("([", "EventBridge bus", "])"),
    "dynamodb": ("[(", "table", ")]"),
    "http": ("([", "API", "])"),
    "table": ("[(", "table", ")]"),
    "bucket": ("[(", "S3 bucket", ")]"),
}
STAGE_SHAPE = '[("Raw Stage<br/>records as received")]'
"""How the Raw Stage is drawn."""
_SAYS = {"read": "reads", "write": "writes", "delete": "deletes"}
_DEPLOYED = re.compile(r"-?\$\{AWS::\w+\}")
_LONGEST = 60


def source_lines(plan: PipelinePlan) -> Iterator[str]:
    """Yield what starts a run, where that is no route; routes are drawn with their gateways."""
    if plan.routes:
        return
    to = "runner" if plan.streams else "buffer"
    word = f'|"batches of {plan.streams[0].batch_size}"| ' if plan.streams else " "
    if plan.schedule is not None:
        yield f'source(["{_said(plan.schedule.expression)}<br/>{plan.schedule.timezone}"]) -->{word}{to}'
    elif plan.source in _SOURCES:
        words, types = _SOURCES[plan.source]
        names = [one.name for one in plan.resources if one.needed_by == "source" and one.type in types]
        label = "<br/>".join([words, *map(_said, names[:1])])
        yield f'source(["{label}"]) -->{word}{to}'


def target_lines(function: FunctionPlan, node: str = "runner") -> Iterator[str]:
    """Yield every output besides the Raw Stage, and every store, under the names that the handler knows them by.

    What several functions reach is one and the same: only a lone runner's targets are numbered.
    """
    for index, output in enumerate(_settings(function, Variable.OUTPUTS)):
        if output["type"] in _TARGETS:
            place = f"output{index}" if node == "runner" else f"output_{output['name']}"
            yield f'{node} -->|"{output["name"]}"| {place}{_shape(output)}'
    for index, store in enumerate(_settings(function, Variable.STORES)):
        done = [_SAYS[word] for word in store["access"].split("_")]
        arrow, word = "<-->" if "reads" in done[:-1] else "-->", ", ".join(done)
        place = f"store{index}" if node == "runner" else f"store_{store['name']}"
        yield f'{node} {arrow}|"{word} {store["name"]}"| {place}{_shape(store)}'


def resource_name(name: str) -> str:
    """Return the name of a resource for a label: without what only a deployment fills in."""
    return _DEPLOYED.sub("", name)


def _settings(runner: FunctionPlan, variable: Variable) -> list[dict[str, Any]]:
    text = next((one.value for one in runner.environment if one.name == variable), "[]")
    settings: list[dict[str, Any]] = json.loads(text)
    return settings


def _shape(target: dict[str, Any]) -> str:
    opened, words, closed = _TARGETS[target["type"]]
    return f'{opened}"{words}<br/>{_said(_name_in(_DEPLOYED.sub("", target["target"])))}"{closed}'


def _name_in(target: str) -> str:
    """Return the name at the end of an ARN or of a queue's URL; the URL of an API as it is."""
    if target.startswith("https://sqs."):
        return target.rpartition("/")[2]
    return target if "://" in target else target.rpartition(":")[2].rpartition("/")[2]


def _said(text: str) -> str:
    """Return a text for a label: without what only a deployment fills in, and without the quotes of Mermaid."""
    plain = _DEPLOYED.sub("", text).replace('"', "'").replace("<", "&lt;")
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
