"""The path of a route and its parameters in braces."""

from __future__ import annotations

import re

from constructs_lib.model.refusal import refusal
from functions.contract.message import MAX_PATH_PARAMETERS

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+|\{[a-z][a-z0-9_]{0,63}\}")


def parameters_of(path: str) -> tuple[str, ...]:
    """Return the names of the parameters, in order."""
    return tuple(_PARAMETER.findall(path))


def with_each_parameter(path: str, text: str) -> str:
    """Return the path with a text in the place of every parameter."""
    return _PARAMETER.sub(text, path)


def check_path(path: str) -> str:
    """A path is what a gateway takes for a route."""
    names = parameters_of(path)
    if not path.startswith("/") or not all(_SEGMENT.fullmatch(part) for part in path[1:].split("/")):
        raise refusal(
            "path-wrong",
            f"{path!r} cannot be a route",
            "parts of letters, digits and ._~-, or a whole part as {parameter} in lower case",
            "write /shops/{shop_id}/orders",
        )
    if len(names) > MAX_PATH_PARAMETERS or len(set(names)) != len(names):
        raise refusal(
            "path-wrong",
            f"{path!r} has {len(names)} parameters",
            f"at most {MAX_PATH_PARAMETERS}, each once",
            "send the rest in the body",
        )
    return path
