"""What a distributed map reads its items from: an object in one of three formats, or the names of objects."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Protocol

from constructs_lib.drills.memory.states.errors import ITEM_READER_FAILED, StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LISTING = "s3:listObjectsV2"


class Objects(Protocol):
    """The buckets that readers and result writers use."""

    def read(self, bucket: str, key: str) -> bytes:
        """Return an object; ``KeyError`` where it is missing."""

    def names(self, bucket: str, prefix: str) -> Iterable[tuple[str, int]]:
        """Return keys and sizes, by key."""

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object."""


def read_items(resource: str, config: Mapping[str, Any], arguments: Mapping[str, Any], objects: Objects) -> list[Any]:
    """Return the items of a data set, no more than ``MaxItems``.

    Raises:
        StateError: ``States.ItemReaderFailed``.
    """
    if resource.endswith(LISTING):
        found = [_listed(key, size) for key, size in objects.names(arguments["Bucket"], arguments.get("Prefix", ""))]
    else:
        found = _parsed(config, arguments, objects)
    most = config.get("MaxItems", 0)
    return found[:most] if most else found


def _listed(key: str, size: int) -> dict[str, Any]:
    return {"Etag": f'"{key}"', "Key": key, "LastModified": 1_700_000_000, "Size": size, "StorageClass": "STANDARD"}


def _parsed(config: Mapping[str, Any], arguments: Mapping[str, Any], objects: Objects) -> list[Any]:
    place = f"s3://{arguments['Bucket']}/{arguments['Key']}"
    parse = FORMATS.get(config.get("InputType", ""))
    if parse is None:
        raise StateError(ITEM_READER_FAILED, f"{place}: InputType {config.get('InputType')!r}")
    try:
        return parse(objects.read(arguments["Bucket"], arguments["Key"]).decode("utf-8-sig"), config)
    except (KeyError, ValueError, csv.Error) as error:
        raise StateError(ITEM_READER_FAILED, f"{place}: {error}") from None


def _json(text: str, _config: Mapping[str, Any]) -> list[Any]:
    found = json.loads(text)
    if isinstance(found, dict):
        return [{"Key": key, "Value": value} for key, value in found.items()]
    if not isinstance(found, list):
        raise ValueError("neither an array nor an object")
    return found


def _json_lines(text: str, _config: Mapping[str, Any]) -> list[Any]:
    return [json.loads(line) for line in text.split("\n") if line.strip()]


DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


def _csv(text: str, config: Mapping[str, Any]) -> list[Any]:
    """A row with fewer fields than names has empty ones; fields beyond the names are left out."""
    delimiter = DELIMITERS[config.get("CSVDelimiter", "COMMA")]
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    given = config.get("CSVHeaderLocation") == "GIVEN"
    names, lines = (config["CSVHeaders"], rows) if given else (rows[0] if rows else [], rows[1:])
    return [dict(zip(names, [*row, *[""] * (len(names) - len(row))], strict=False)) for row in lines]


FORMATS: Mapping[str, Callable[[str, Mapping[str, Any]], list[Any]]] = {
    "CSV": _csv,
    "JSON": _json,
    "JSONL": _json_lines,
}
