"""JSON read strictly; its lines come from the YAML reader, because JSON is YAML."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.declaration.scalar import MAX_DIGITS, NumberRefused, finite_number, refuse_number, whole_number
from constructs_lib.declaration.yaml_reader import MAX_DEPTH, YamlReader
from constructs_lib.errors import DeclarationError, Fault

if TYPE_CHECKING:
    from constructs_lib.declaration.document import Document


def read_json(text: str, file: str | None) -> Document:
    """Return the document.

    Raises:
        DeclarationError: the text is not JSON, or nests or grows beyond the bounds of the YAML reader.
    """
    try:
        value = json.loads(text, parse_int=whole_number, parse_float=finite_number, parse_constant=refuse_number)
    except json.JSONDecodeError as error:
        raise _stopped(
            "not-json", f"is not JSON: {error.msg}", "JSON", "correct the line", file, error.lineno
        ) from None
    except NumberRefused as error:
        allowed = f"finite numbers of at most {MAX_DIGITS} digits"
        found = f"the number {str(error)[:40]}"
        raise _stopped("number-refused", found, allowed, "write a number that can be used", file) from None
    except RecursionError:
        found, allowed = f"more than {MAX_DEPTH} levels", f"{MAX_DEPTH} levels"
        raise _stopped("nested-too-deep", found, allowed, "flatten it", file) from None
    # Between tokens a tab is a space, and inside a JSON text it cannot stand; YAML alone minds the difference.
    return replace(YamlReader(file).read(text.replace("\t", " ")), value=value)


def _stopped(
    code: str, found: str, allowed: str, fix: str, file: str | None, line: int | None = None
) -> DeclarationError:
    return DeclarationError([Fault(code, "", found, allowed, fix, file, line)])
