"""JSONata as Step Functions evaluates it: each text between ``{%`` and ``%}`` for itself, and undefined is an error."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.errors import QUERY_EVALUATION_ERROR, DefinitionError, StateError
from constructs_lib.model.jsonata_engine import jsonata_engine

if TYPE_CHECKING:
    from collections.abc import Mapping

OPENS, CLOSES = "{%", "%}"
MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What the evaluator raises for values that it did not expect."""


def is_expression(value: object) -> bool:
    """Return whether a text is JSONata; blanks before or after the marks make it a plain text."""
    return isinstance(value, str) and value.startswith(OPENS) and value.endswith(CLOSES)


def evaluate(template: Any, values: Mapping[str, Any], functions: Mapping[str, Any]) -> Any:
    """Return a template with every expression in it evaluated.

    Raises:
        StateError: ``States.QueryEvaluationError``.
    """
    if isinstance(template, dict):
        return {name: evaluate(value, values, functions) for name, value in template.items()}
    if isinstance(template, list):
        return [evaluate(value, values, functions) for value in template]
    return _value_of(template, values, functions) if is_expression(template) else template


def _value_of(text: str, values: Mapping[str, Any], functions: Mapping[str, Any]) -> Any:
    from jsonata import JException

    parsed = parsed_expression(text)
    jsonata_engine().CURRENT.jsonata = parsed
    bound = {name: _given(value) for name, value in values.items()}
    try:
        found = parsed.evaluate(None, {**functions, **bound})
    except (JException, *MALFORMED) as error:
        raise StateError(QUERY_EVALUATION_ERROR, f"{text}: {error}") from None
    if found is None:
        raise StateError(QUERY_EVALUATION_ERROR, f"{text} returned nothing (undefined)")
    return _taken(found, text)


@lru_cache(maxsize=4096)
def parsed_expression(text: str) -> Any:
    """Return the parsed expression.

    Raises:
        DefinitionError: it is no JSONata.
    """
    from jsonata import JException

    try:
        parsed = jsonata_engine()(text.removeprefix(OPENS).removesuffix(CLOSES))
    except (JException, *MALFORMED) as error:
        raise DefinitionError(f"{text}: {error}") from None
    if parsed.errors:
        raise DefinitionError(f"{text}: {parsed.errors[0]}")
    parsed.set_output_convert_nulls(False)
    return parsed


def _given(value: Any) -> Any:
    """Return a copy in which null is what the evaluator takes for null: its None is undefined."""
    from jsonata.utils import Utils

    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, dict):
        return {name: _given(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_given(one) for one in value]
    return value


def _taken(value: Any, text: str) -> Any:
    from jsonata.utils import Utils

    if value is Utils.NULL_VALUE:
        return None
    if isinstance(value, dict):
        return {name: _taken(one, text) for name, one in value.items()}
    if isinstance(value, list):
        return [_taken(value[i], text) for i in range(len(value))]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise StateError(QUERY_EVALUATION_ERROR, f"{text}: a function is no JSON")
