"""Functions that every expression of a workflow has."""

from __future__ import annotations

UNSUPPORTED = frozenset({"eval"})
"""Functions of JSONata that Step Functions lacks (Step Functions guide, "Transforming data with JSONata")."""
ADDED = frozenset({"partition", "range", "hash", "random", "uuid", "parse"})
"""Functions that Step Functions adds, of the same source."""
STANDARD = frozenset(
    [
        *("abs", "append", "assert", "average", "base64decode", "base64encode", "boolean", "ceil", "clone"),
        *("contains", "count", "decodeUrl", "decodeUrlComponent", "distinct", "each", "encodeUrl"),
        *("encodeUrlComponent", "error", "exists", "filter", "floor", "formatBase", "formatInteger"),
        *("formatNumber", "fromMillis", "join", "keys", "length", "lookup", "lowercase", "map", "match", "max"),
        *("merge", "millis", "min", "not", "now", "number", "pad", "parseInteger", "power", "random", "reduce"),
        *("replace", "reverse", "round", "shuffle", "sift", "single", "sort", "split", "spread", "sqrt", "string"),
        *("substring", "substringAfter", "substringBefore", "sum", "toMillis", "trim", "type", "uppercase", "zip"),
    ]
)
"""Functions of JSONata itself (JSONata documentation, "Function library")."""
FUNCTIONS = STANDARD | ADDED
