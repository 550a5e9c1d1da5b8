"""A distributed map for the emulator: its own reads JSONPath alone, forms no batches and writes no results.

A Pass before it evaluates what the map reads its items from, one at the start of each item what the item is given, and
one after it what comes of the results. Batches are of one item.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from constructs_lib.local.state_machines.expressions import replaced, variable

if TYPE_CHECKING:
    from constructs_lib.local.state_machines.expressions import Json

_INPUT, _RESULT = "$states.input", "$states.result"
_NEEDS_A_PASS = (
    "Items",
    "ItemReader",
    "ItemSelector",
    "ItemBatcher",
    "ResultWriter",
    "Output",
    "Assign",
    "Next",
    "End",
)


def is_distributed(state: Json) -> bool:
    """Return whether the state is a map whose items are executions of their own."""
    processor = state.get("ItemProcessor", {})
    return bool(state["Type"] == "Map" and processor.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED")


def as_json_path(name: str, state: Json) -> Iterator[tuple[str, Json]]:
    """Yield the states that take the place of a distributed map; the first has its name."""
    given, items, after = variable(name, "input"), f"{name} items", f"{name} results"
    reader = state.get("ItemReader")
    prepared = {"reader": reader.get("Arguments", {})} if reader else {"items": state["Items"]}
    yield name, {"Type": "Pass", "Output": prepared, "Assign": {given: "{% $states.input %}"}, "Next": items}
    yield (
        items,
        {
            **{field: value for field, value in state.items() if field not in _NEEDS_A_PASS},
            **_read(reader),
            "ItemProcessor": _processor(name, state, "$" + given),
            "Next": after,
        },
    )
    results = ((_INPUT, "$" + given), (_RESULT, _INPUT))
    last: Json = {field: replaced(state[field], *results) for field in ("Output", "Assign") if field in state}
    yield after, {"Type": "Pass", **last, **{field: state[field] for field in ("Next", "End") if field in state}}


def _read(reader: Json | None) -> Json:
    if reader is None:
        return {"ItemsPath": "$.items"}
    parameters = {f"{name}.$": f"$.reader.{name}" for name in reader.get("Arguments", {})}
    return {"ItemReader": {**{k: v for k, v in reader.items() if k != "Arguments"}, "Parameters": parameters}}


def _processor(name: str, state: Json, given: str) -> Json:
    processor, first = state["ItemProcessor"], f"{name} item"
    selected: Any = replaced(state.get("ItemSelector", "{% $states.context.Map.Item.Value %}"), (_INPUT, given))
    if "ItemBatcher" in state:
        batch = state["ItemBatcher"].get("BatchInput")
        selected = {"Items": [selected], **({"BatchInput": replaced(batch, (_INPUT, given))} if batch else {})}
    begin = {"Type": "Pass", "Output": selected, "Next": processor["StartAt"]}
    return {**processor, "StartAt": first, "States": {first: begin, **processor["States"]}}
