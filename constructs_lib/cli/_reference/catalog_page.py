"""The page of the catalogue that comes with the library: sizes, runner classes, limits and prices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from constructs_lib.catalog import Catalog, load_catalog
from constructs_lib.cli._reference.markdown import code, page, table
from constructs_lib.model.units import duration_text

_ABOUT = """\
A declaration pins a version of the catalogue in `catalog`, so that an upgrade of the library changes no deployed
pipeline. An organisation hands over a file of its own: `pipelines check --catalog FILE`, or in an app
`Pipeline(..., catalog=load_catalog(path=...))`."""


def catalog_page() -> str:
    """Return the page of the default version."""
    catalog = load_catalog()
    prices = catalog.prices
    of_prices = f"List prices of {prices.region} in {prices.currency}, as of {prices.as_of}"
    return page(
        f"Catalogue {catalog.version}",
        _ABOUT,
        "## Sizes",
        table(("size", "memory", "longest run", "batches at once", "needs approval"), _sizes(catalog)),
        "## Runner classes",
        table(("class", "longest run", "built here", "fits"), _classes(catalog)),
        "## Dependencies",
        "What pipelines share downstream, for `back_pressure.dependency`.",
        table(("dependency", "records at once", "stands behind the output"), _dependencies(catalog)),
        "## Limits",
        "What AWS allows; bytes, and MiB where the name says memory.",
        table(("limit", "value"), [(code(name), _shown(value)) for name, value in catalog.limits]),
        "## Prices",
        f"{of_prices}, without free tiers and without volume discounts.",
        table(("meter", "price", "unit"), _prices(catalog)),
    )


def _dependencies(catalog: Catalog) -> Iterable[tuple[str, ...]]:
    for name, dependency in catalog.dependencies.items():
        yield code(name), str(dependency.max_concurrency), dependency.output or ""


def _sizes(catalog: Catalog) -> Iterable[tuple[str, ...]]:
    for name, size in catalog.sizes.items():
        run, approval = duration_text(size.timeout), "yes" if size.needs_approval else "no"
        yield code(name), f"{size.memory} MiB", run, str(size.max_concurrency), approval


def _classes(catalog: Catalog) -> Iterable[tuple[str, ...]]:
    for name, entry in catalog.runner_classes.items():
        longest = duration_text(entry.max_timeout) if entry.max_timeout else "no limit"
        yield code(name), longest, "yes" if entry.here else "no", entry.fits


def _prices(catalog: Catalog) -> Iterable[tuple[str, ...]]:
    for name, meter in catalog.prices.meters.items():
        per = "" if meter.per == 1 else f" for {meter.per:,}"
        yield code(name), f"{meter.usd:.10f}".rstrip("0").rstrip(".") + per, meter.unit


def _shown(value: Any) -> str:
    if isinstance(value, timedelta):
        return duration_text(value)
    return ", ".join(str(item) for item in value) if isinstance(value, tuple) else f"{value:,}"
