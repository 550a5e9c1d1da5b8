"""Check a price list before anybody works with it: the header, and every price."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from functions.runtime import Invalid, Run, S3Object, runner

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = ["sku", "price"]


@runner
def check_list(arrived: S3Object, run: Run) -> None:
    """Hand a good list on under its own name, and land each of its rows."""
    with run.stores.source.open(arrived) as file:
        content = file.read()
    for row in rows(content):
        run.outputs.raw.put({"list": arrived.key, "version": arrived.version_id, **row})
    run.outputs.accepted.put(arrived.key.rpartition("/")[2], content, content_type="text/csv")


def rows(content: bytes) -> Iterator[dict[str, str]]:
    """Yield the rows of a list; raises ``Invalid`` with the first line that is wrong."""
    try:
        reader = csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True)
        if reader.fieldnames != HEADER:
            raise Invalid(f"line 1: the header is not {','.join(HEADER)}")
        for row in reader:
            if None in row or None in row.values() or not row["price"].replace(".", "", 1).isdecimal():
                raise Invalid(f"line {reader.line_num}: no sku with a price")
            yield row
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(f"no CSV in UTF-8: {error}") from error
