"""JSON read strictly; its lines come from the YAML reader, because JSON is YAML."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.declaration.scalar import MAX_DIGITS, NumberRefused, finite_number, refuse_number, whole_number
from constructs_lib.declaration.yaml_reader import MAX_DEPTH, YamlReader
from constructs_lib.errors import DeclarationError, Fault

if TYPE_CHECKING:
    from constructs_lib.declaration.document import Document


_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_ESCAPE = re.compile(r"\\(?:(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)")
"""Any escape; the group is half of a surrogate pair."""


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
    return replace(YamlReader(file).read(_as_yaml(text)), value=value)


def _as_yaml(text: str) -> str:
    """Return the same names on the same lines without the little that JSON takes and YAML does not.

    A tab stands between tokens only, so it is a space; the other characters and escapes stand only inside strings.
    """
    plain = _NOT_IN_YAML.sub("?", text.replace("\t", " "))
    return _ESCAPE.sub(lambda found: found[0].replace("\\", "_") if found[1] else found[0], plain)


def _stopped(
    code: str, found: str, allowed: str, fix: str, file: str | None, line: int | None = None
) -> DeclarationError:
    return DeclarationError([Fault(code, "", found, allowed, fix, file, line)])
