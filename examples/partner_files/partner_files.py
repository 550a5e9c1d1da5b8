"""Load the price lists of partners: look at a list first, then load its rows, and say at the end what is missing."""

from __future__ import annotations

import csv
import io
from decimal import Decimal, InvalidOperation
from typing import Any

from functions.runtime import Permanent, Run, runner
from functions.runtime.stores import EXISTS

HEADER = ["sku", "price"]
MOST_ROWS = 10_000


class RowsUnusable(Permanent):
    """Some rows of a batch have no price; the others are loaded."""


class PartnerUnknown(Permanent):
    """Nobody has entered the partner into the catalogue."""


@runner
def prevalidate(arrived: dict[str, Any], run: Run) -> dict[str, Any]:
    """Say whether the list can be loaded at all, under which name, and how many rows must come of it."""
    told = {"partner": partner_of(arrived["key"]), "list": list_name(arrived)}
    with run.stores.source.open(arrived) as file:
        try:
            rows = csv.reader(io.TextIOWrapper(file, encoding="utf-8", newline=""), strict=True)
            header, count = next(rows, []), sum(1 for _ in rows)
        except (UnicodeDecodeError, csv.Error):
            return {**told, "good": False, "reason": "no CSV in UTF-8"}
    if header != HEADER:
        return {**told, "good": False, "reason": f"the header is not {','.join(HEADER)}"}
    if not 0 < count <= MOST_ROWS:
        return {**told, "good": False, "reason": f"{count} rows, and 1 to {MOST_ROWS} can be loaded"}
    return {**told, "good": True, "reason": "", "rows": count}


@runner
def load_rows(batch: dict[str, Any], run: Run) -> dict[str, int]:
    """Load every row that has a price; a batch in which some have none fails after the others are in."""
    priced = {row["sku"]: price_of(row["price"]) for row in batch["rows"]}
    for sku, price in priced.items():
        if price is not None:
            run.stores.prices.put({"list": batch["list"], "sku": sku, "price": price})
    wrong = sorted(sku for sku, price in priced.items() if price is None)
    if wrong:
        raise RowsUnusable(f"no price: {', '.join(wrong)}")
    return {"loaded": len(priced)}


@runner
def index_list(told: dict[str, Any], run: Run) -> None:
    """Let the catalogue name the partner's newest list."""
    if not run.stores.catalogue.update(told["partner"], {"newest": told["list"]}, when={"partner": EXISTS}):
        raise PartnerUnknown(told["partner"])


@runner
def reconcile(told: dict[str, Any], run: Run) -> dict[str, Any]:
    """Count what is in the table against what was in the file."""
    loaded = sum(1 for _ in run.stores.prices.query(told["list"]))
    return {"list": told["list"], "rows": told["rows"], "loaded": loaded, "missing": told["rows"] - loaded}


@runner
def set_aside(told: dict[str, Any], run: Run) -> dict[str, str]:
    """Keep a list that cannot be loaded beside the reason, where somebody can look at it."""
    arrived = told["arrived"]
    key = f"unusable/{list_name(arrived)}.csv"
    run.stores.unusable.put(key, run.stores.source.read(arrived), content_type="text/csv")
    run.stores.unusable.put(f"{key}.reason", told["reason"].encode(), content_type="text/plain")
    return {"key": key}


def partner_of(key: str) -> str:
    """Return whose list it is: ``north`` of ``incoming/north/2026-11.csv``."""
    return key.split("/")[1]


def list_name(arrived: dict[str, Any]) -> str:
    """Return the name of one version of one list, so that a corrected list is loaded beside the first."""
    return f"{arrived['key'].removeprefix('incoming/').removesuffix('.csv')}@{arrived.get('version_id') or 'only'}"


def price_of(text: str | None) -> Decimal | None:
    """Return a price of zero or more, or None for anything else."""
    try:
        price = Decimal(text or "")
    except InvalidOperation:
        return None
    return price if price.is_finite() and price >= 0 else None
