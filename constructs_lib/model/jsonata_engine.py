"""The library that parses and evaluates JSONata, imported when the first expression is met."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any


@cache
def jsonata_engine() -> Any:
    """Return the library's class of expressions; Python's recursion limit stays as it is.

    The library would raise it tenfold for the whole process, which what nests too deeply then ends.
    """
    limit = sys.getrecursionlimit()
    try:
        from jsonata.jsonata import Jsonata

        Jsonata("1")
    finally:
        sys.setrecursionlimit(limit)
    return Jsonata
