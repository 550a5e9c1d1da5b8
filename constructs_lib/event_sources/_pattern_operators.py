"""What stands behind each operator of a pattern."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

IGNORE_CASE = "equals-ignore-case"
_COMPARISONS = frozenset({"=", "<", "<=", ">", ">="})
_BELOW, _ABOVE = frozenset({"<", "<="}), frozenset({">", ">="})
_EXCEPTIONS = frozenset({"prefix", "suffix", "wildcard", IGNORE_CASE})
"""Operators that EventBridge and Lambda know inside ``anything-but``; SNS knows the first."""


def takes(operator: str, argument: Any, *, plain: bool = False, largest: float = 5e9) -> bool:
    """Return whether an operator takes this argument.

    Args:
        operator: one that the service has.
        argument: what stands behind it.
        plain: whether texts are the only arguments of ``prefix`` and ``suffix``, and of a prefix in ``anything-but``.
        largest: how far from zero a number of ``numeric`` may be.
    """
    if operator == "numeric":
        return _numeric(argument, largest)
    if plain and operator in {"prefix", "suffix"}:
        return _text(argument)
    if plain and operator == "anything-but" and isinstance(argument, Mapping):
        return list(argument) == ["prefix"] and _text(argument["prefix"])
    return _ARGUMENTS[operator](argument)


def _text(argument: Any) -> bool:
    return isinstance(argument, str) and bool(argument)


def _edge(argument: Any) -> bool:
    ignoring = isinstance(argument, Mapping) and list(argument) == [IGNORE_CASE]
    return _text(argument[IGNORE_CASE] if ignoring else argument)


def _anything_but(argument: Any) -> bool:
    if isinstance(argument, Mapping):
        return len(argument) == 1 and all(
            name in _EXCEPTIONS and (_text(value) or _texts(value)) for name, value in argument.items()
        )
    values = argument if isinstance(argument, list) else [argument]
    return bool(values) and all(isinstance(one, (str, int, float)) and not isinstance(one, bool) for one in values)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_text, value))


def _numeric(argument: Any, largest: float) -> bool:
    """A sign and a number, or from above and then from below: ``[">", 0, "<=", 5]``."""
    if not isinstance(argument, list) or len(argument) not in {2, 4}:
        return False
    signs, numbers = argument[::2], argument[1::2]
    if not all(isinstance(one, (int, float)) and not isinstance(one, bool) and abs(one) <= largest for one in numbers):
        return False
    if not all(isinstance(sign, str) and sign in _COMPARISONS for sign in signs):
        return False
    return len(signs) == 1 or (signs[0] in _ABOVE and signs[1] in _BELOW and numbers[0] < numbers[1])


def _network(argument: Any) -> bool:
    try:
        return _text(argument) and bool(ipaddress.ip_network(argument, strict=False))
    except ValueError:
        return False


_ARGUMENTS: dict[str, Callable[[Any], bool]] = {
    "prefix": _edge,
    "suffix": _edge,
    IGNORE_CASE: _text,
    "wildcard": lambda argument: _text(argument) and "**" not in argument,
    "anything-but": _anything_but,
    "exists": lambda argument: isinstance(argument, bool),
    "cidr": _network,
}
