"""What the model refuses, said in the words of the declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration.document import Document, Place, place_text
from constructs_lib.declaration.field_names import model_at, names_of, nearest, tags_at
from constructs_lib.declaration.text_forms import form_of
from constructs_lib.errors import Fault
from constructs_lib.model.units import shown

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

Words = tuple[str, str, str, str]
"""Code, found, allowed and fix."""

_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "a mapping of names to values",
    "tuple_type": "a list",
    "model_type": "a mapping of fields",
    "model_attributes_type": "a mapping of fields",
    "path_type": "a path",
}
_KEY = "[key]"
"""What pydantic adds to the place of a name that a mapping may not have."""
_FIXES = {
    "text": "put it in quotes",
    "a whole number": "write digits without quotes",
    "a number": "write digits, without quotes, unit or currency",
    "a list": "write [a, b], or [a] for one",
    "true or false": "write true or false without quotes",
}


def faults_of(error: ValidationError, model: type[BaseModel], document: Document, file: str | None) -> list[Fault]:
    """Return one fault for everything that the model refused, in the order of the lines."""
    faults = []
    for details in error.errors(include_url=False):
        if _counts_right_items_alone(details):
            continue
        place = place_of(details["loc"], document.value)
        code, found, allowed, fix = _words(details, place, model)
        # A kind may be written as one word, and then there is no field to point at.
        if details["type"] == "union_tag_invalid" and isinstance(reduce(_item, place, document.value), Mapping):
            place = (*place, _discriminator(details["ctx"]))
        faults.append(Fault(code, place_text(place), found, allowed, fix, file, document.line(place)))
    return faults


def _counts_right_items_alone(details: ErrorDetails) -> bool:
    """Return whether a list is long enough but for items that are refused themselves, each with a fault of its own."""
    return details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]


def place_of(location: Place, value: Any) -> Place:
    """Return a location without the steps that name the type of a kind instead of a field."""
    place: list[str | int] = []
    tag_passed = True  # the whole is of one kind
    for step in location:
        if isinstance(step, str) and not tag_passed and step == _tag(value, step):
            tag_passed = True
            continue
        if step == _KEY and not (isinstance(value, Mapping) and step in value):
            continue
        place.append(step)
        value = _item(value, step)
        tag_passed = False
    return tuple(place)


def _tag(value: Any, step: str) -> Any:
    """Return the tag of a value: its type or class, or the word it is; a runner without a class is serverless."""
    if isinstance(value, Mapping):
        default = "serverless" if "handler" in value or step not in value else None
        return value.get("type", value.get("class", default))
    return value


def _item(value: Any, step: str | int) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _words(details: ErrorDetails, place: Place, model: type[BaseModel]) -> Words:
    kind, context = details["type"], details.get("ctx", {})
    if "fix" in context:
        return kind, context["found"], context["allowed"], context["fix"]
    if kind in _TYPES:
        return _wrong_type(_TYPES[kind], details["input"], place)
    if kind == "extra_forbidden":
        return _unknown_field(details["loc"], place, model)
    if kind == "union_tag_not_found":
        return _missing_kind(_discriminator(context), tags_at(model, details["loc"]))
    say = _SAYINGS.get(kind, _anything_else)
    return say(details, context)


def _wrong_type(wanted: str, found: Any, place: Place) -> Words:
    if place == ("source",) and isinstance(found, list):
        return (
            "source-not-single",
            f"a list of {len(found)} sources",
            "exactly one source",
            "declare a pipeline for each, or let both send to one queue and take that as the source",
        )
    fix = _FIXES.get(wanted, "write its fields below it")
    return "type-wrong", f"{shown(found)} is not {wanted}", wanted, fix


def _unknown_field(location: Place, place: Place, model: type[BaseModel]) -> Words:
    owner = model_at(model, location[:-1])
    known = names_of(owner) if owner is not None else ()
    name = str(place[-1])
    close = nearest(name, known)
    fix = f"did you mean {close}?" if close else "remove it"
    return "unknown-field", f"{shown(name)} is not a field here", ", ".join(known), fix


def _missing(details: ErrorDetails, _context: Mapping[str, Any]) -> Words:
    return "field-missing", "is missing", "a value; there is no default", f"add {details['loc'][-1]}"


def _unknown_kind(_details: ErrorDetails, context: Mapping[str, Any]) -> Words:
    known = [tag.strip("'") for tag in str(context["expected_tags"]).split(", ")]
    found = str(context["tag"])
    if _discriminator(context) == "class":
        fix = "this library builds no other; container, managed_etl and dedicated run elsewhere: take the code there"
        return "runner-class-elsewhere", f"{shown(found)} is not a class that runs here", ", ".join(known), fix
    close = nearest(found, known)
    return "kind-unknown", f"{shown(found)} is not a type", ", ".join(known), f"did you mean {close or known[0]}?"


def _missing_kind(tag: str, known: tuple[str, ...]) -> Words:
    return "kind-missing", f"has no {tag}", f"{tag}: {', '.join(known)}", f"add {tag}: {known[0]}"


def _discriminator(context: Mapping[str, Any]) -> str:
    """Return the field that tells the kinds of a place apart."""
    return "class" if "class" in str(context["discriminator"]) else "type"


def _unknown_value(details: ErrorDetails, context: Mapping[str, Any]) -> Words:
    allowed = str(context["expected"]).replace("'", "")
    close = nearest(str(details["input"]), allowed.replace(" or ", ", ").split(", "))
    fix = f"did you mean {close}?" if close else "take one of these"
    if str(details["input"]) == allowed:
        fix = f"write {allowed} without quotes"
    return "value-unknown", f"{shown(details['input'])}", allowed, fix


def _out_of_range(details: ErrorDetails, context: Mapping[str, Any]) -> Words:
    signs = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    allowed = ", ".join(f"{words} {context[sign]}" for sign, words in signs.items() if sign in context)
    return "number-out-of-range", f"{shown(details['input'])}", allowed or "a finite number", "change the number"


def _wrong_text(details: ErrorDetails, context: Mapping[str, Any]) -> Words:
    allowed, fix = form_of(str(context["pattern"]))
    return "text-wrong", f"{shown(details['input'])}", allowed, fix


def _wrong_length(details: ErrorDetails, context: Mapping[str, Any]) -> Words:
    signs = {"min_length": "at least", "max_length": "at most"}
    allowed = ", ".join(f"{words} {context[sign]}" for sign, words in signs.items() if sign in context)
    what = "characters" if isinstance(details["input"], str) else "items"
    found = f"{shown(details['input'])} has {len(details['input'])} {what}"
    return "length-wrong", found, f"{allowed} {what}", "make it fit"


def _anything_else(details: ErrorDetails, _context: Mapping[str, Any]) -> Words:
    return (
        "value-wrong",
        f"{shown(details['input'])}",
        "a value that the JSON Schema allows",
        "compare it with the schema",
    )


_SAYINGS: dict[str, Callable[[ErrorDetails, Mapping[str, Any]], Words]] = {
    "missing": _missing,
    "union_tag_invalid": _unknown_kind,
    "literal_error": _unknown_value,
    "greater_than_equal": _out_of_range,
    "greater_than": _out_of_range,
    "less_than_equal": _out_of_range,
    "less_than": _out_of_range,
    "finite_number": _out_of_range,
    "string_pattern_mismatch": _wrong_text,
    "string_too_short": _wrong_length,
    "string_too_long": _wrong_length,
    "too_short": _wrong_length,
    "too_long": _wrong_length,
}
