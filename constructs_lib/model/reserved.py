"""Names that users may not take, because the platform or AWS sets them."""

from __future__ import annotations

from keyword import iskeyword
from typing import Any

from constructs_lib.model.refusal import refusal

RESERVED_VARIABLES = {
    "PIPELINE_": "the platform sets it, from the other fields of the declaration",
    "POWERTOOLS_": "the platform sets it, from observability",
    "AWS_": "Lambda sets it",
    "LAMBDA_": "Lambda sets it",
    "_HANDLER": "Lambda sets it",
    "_X_AMZN_": "Lambda sets it",
}
"""How reserved names of environment variables begin, and why.

Source: Lambda developer guide, "Working with Lambda environment variables", for what Lambda sets.
"""
SOURCE_STORE = "source"
"""Name of the store that an event source brings."""
OWN_TAGS = ("pipeline", "owner", "stage", "data-class")
"""Tags that every resource of a pipeline has; a role takes no second one that differs in case alone."""
MOST_TAGS = 50 - len(OWN_TAGS)
"""Tags that a resource can have beside its own (AWS tagging reference, 50 for each resource)."""


def parse_variable(name: Any) -> Any:
    """Return the name of an environment variable.

    Raises:
        PydanticCustomError: ``environment-reserved``.
    """
    for beginning, reason in RESERVED_VARIABLES.items():
        if isinstance(name, str) and name.startswith(beginning):
            found, allowed = f"{name!r} is reserved: {reason}", f"a name that does not begin with {beginning}"
            raise refusal("environment-reserved", found, allowed, "choose another name, such as one of your team")
    return name


def parse_store_name(name: Any) -> Any:
    """Return the name of a store, an attribute of ``run.stores``.

    Raises:
        PydanticCustomError: ``store-name-reserved``.
    """
    if isinstance(name, str) and (iskeyword(name) or name == SOURCE_STORE):
        reason = "the event source's own store has it" if name == SOURCE_STORE else "it is a word of Python's"
        raise refusal("store-name-reserved", f"{name!r} is reserved: {reason}", "any other name", f"write {name}_data")
    return name


def parse_output_name(name: Any) -> Any:
    """Return the name of an output, an attribute of ``run.outputs``.

    Raises:
        PydanticCustomError: ``output-name-reserved``.
    """
    if isinstance(name, str) and iskeyword(name):
        found = f"{name!r} is reserved: it is a word of Python's"
        raise refusal("output-name-reserved", found, "any other name", f"write {name}_data")
    return name


STEP_VARIABLES = frozenset({"record", "run", "error", "warnings", "undone", "item", "items", "index", "states"})
"""Names of variables that every workflow has; no step may have one of them."""


def parse_step_name(name: Any) -> Any:
    """Return the name of a step, a variable of its workflow.

    Raises:
        PydanticCustomError: ``step-name-reserved``.
    """
    if isinstance(name, str) and name in STEP_VARIABLES:
        found = f"{name!r} is reserved: ${name} is a variable of every workflow"
        raise refusal("step-name-reserved", found, "any other name", f"write {name}_step")
    return name


def parse_tag(key: Any) -> Any:
    """Return the key of a tag.

    Raises:
        PydanticCustomError: ``tag-reserved``.
    """
    if isinstance(key, str) and key.lower().startswith("aws:"):
        raise refusal("tag-reserved", f"{key!r} is reserved: AWS sets it", "a key without aws: in front", "rename it")
    if isinstance(key, str) and key.lower() in OWN_TAGS:
        found = f"{key!r} is reserved: the platform sets it on every resource"
        raise refusal("tag-reserved", found, f"a key other than {', '.join(OWN_TAGS)}", "rename or remove it")
    return key
