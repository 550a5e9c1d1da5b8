"""The record of every drawn run, and the objects that its maps read."""

from __future__ import annotations

from typing import Any

LISTS: dict[str, list[Any]] = {"list": [[1, 2], [3], []], "few": [7, 8], "none": []}
RECORD: dict[str, dict[str, list[Any]]] = {"body": LISTS}
BUCKET = "rows-of-drawn-workflows"
NAMED = [{"id": "x", "n": "1"}, {"id": "y", "n": "2"}, {"id": "z", "n": ""}]
OBJECTS = {
    "rows.csv": "id,n\nx,1\ny,2\nz,\n",
    "rows.json": "[4, 5, 6, 7, 8]",
    "rows.jsonl": '{"k": 1}\n\n{"k": 2}\n',
    "photos/a.jpg": "a",
    "photos/b.jpg": "bb",
}


def _listed(key: str) -> dict[str, Any]:
    size = len(OBJECTS[key])
    return {"Etag": f'"{key}"', "Key": key, "LastModified": 1_700_000_000, "Size": size, "StorageClass": "STANDARD"}


ROWS: dict[str, tuple[str, list[Any]]] = {
    "rows.csv": ("csv", NAMED),
    "rows.json": ("json", [4, 5, 6, 7, 8]),
    "rows.jsonl": ("json_lines", [{"k": 1}, {"k": 2}]),
    "photos/": ("listing", [_listed("photos/a.jpg"), _listed("photos/b.jpg")]),
}
"""What a reader finds, by the key that the map names: the format, and the items."""


def chunks(items: list[Any], size: int | None) -> list[tuple[int, list[Any]]]:
    """Return batches with the number of the first item of each; one item each without a size."""
    step = size or 1
    return [(first, items[first : first + step]) for first in range(0, len(items), step)]
