"""What a distributed map writes of its child executions: a manifest, and what succeeded and failed beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.execution import RUNNING, SUCCEEDED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.drills.memory.states.execution import Execution
    from constructs_lib.drills.memory.states.readers import Objects

GROUPS = ("FAILED", "PENDING", "SUCCEEDED")


def write_results(
    where: Mapping[str, Any], config: Mapping[str, Any], run: str, children: Sequence[Execution], objects: Objects
) -> dict[str, Any]:
    """Write the results of a map run and return the output of its state: where the manifest is."""
    bucket, number = where["Bucket"], run.rpartition(":")[2]
    folder = "/".join(part for part in (where.get("Prefix", "").strip("/"), number) if part)
    files: dict[str, list[dict[str, Any]]] = {}
    for group in GROUPS:
        told = [_told(child, config) for child in children if _group(child) == group]
        files[group] = []
        if told:
            key, body = _file(folder, group, told, config)
            objects.write(bucket, key, body)
            files[group] = [{"Key": key, "Size": len(body)}]
    manifest = {"DestinationBucket": bucket, "MapRunArn": run, "ResultFiles": files}
    key = f"{folder}/manifest.json"
    objects.write(bucket, key, json.dumps(manifest).encode())
    return {"MapRunArn": run, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}


def _group(child: Execution) -> str:
    return "SUCCEEDED" if child.status == SUCCEEDED else "PENDING" if child.status == RUNNING else "FAILED"


def _told(child: Execution, config: Mapping[str, Any]) -> Any:
    if config.get("Transformation", "NONE") == "NONE" or child.status != SUCCEEDED:
        return child.described()
    return child.output


def _file(folder: str, group: str, told: list[Any], config: Mapping[str, Any]) -> tuple[str, bytes]:
    if config.get("OutputType") == "JSONL":
        return f"{folder}/{group}_0.jsonl", "".join(json.dumps(one) + "\n" for one in told).encode()
    if config.get("Transformation") == "FLATTEN":
        told = [item for one in told for item in (one if isinstance(one, list) else [one])]
    return f"{folder}/{group}_0.json", json.dumps(told).encode()
