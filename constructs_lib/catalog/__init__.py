"""What the platform's words mean: sizes, limits and prices, as versioned and replaceable data."""

from constructs_lib.catalog.catalog import Catalog, Dependency, Limits, Meter, PriceList, RunnerClassEntry, Size
from constructs_lib.catalog.loader import DEFAULT_VERSION, load_catalog

__all__ = [
    "DEFAULT_VERSION",
    "Catalog",
    "Dependency",
    "Limits",
    "Meter",
    "PriceList",
    "RunnerClassEntry",
    "Size",
    "load_catalog",
]
