"""From plain values to a declaration and every fault of both the model and the checks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from constructs_lib.catalog import Catalog, load_catalog
from constructs_lib.declaration.checks import check_declaration
from constructs_lib.declaration.checks.handling import HANDLING
from constructs_lib.declaration.document import Document, Place, place_text
from constructs_lib.declaration.field_names import names_of
from constructs_lib.declaration.model_faults import faults_of
from constructs_lib.declaration.pipeline import PipelineDeclaration
from constructs_lib.errors import DeclarationError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WHOLE_VALUE = ("kind-unknown", "runner-class-elsewhere")
"""Codes of faults that stand at the type of a value."""


def examine(
    document: Document, file: str | None, directory: Path, catalog: Catalog | None
) -> tuple[PipelineDeclaration | None, list[Fault]]:
    """Return the declaration, or None, and every fault in the order of the lines.

    What the model refuses is left out for a second look, so that one misspelt field does not hide a wrong limit.
    """
    faults = list(document.faults)
    noted = {fault.path for fault in faults}
    refused: set[str] = set()
    declaration = None
    value = _without_directory(document, file, faults)
    for _attempt in range(2):
        try:
            declaration = _validate(value, directory)
            break
        except ValidationError as error:
            found = faults_of(error, PipelineDeclaration, replace(document, value=value), file)
            new = [fault for fault in found if fault.path not in refused | noted]
            faults += [fault for fault in new if not _judged_later(fault.path, refused)]
            refused |= {path for fault in found for path in _refused_by(fault)}
            value = _without(value, refused)
    if declaration is not None:
        faults += _checked(declaration, catalog, document, file, refused)
    return (None if refused else declaration), _sorted(faults)


def _judged_later(path: str, refused: set[str]) -> bool:
    """Return whether a field beside or below this place was refused: else a topic that is misspelt is missing, too."""
    return not {path, _mapping_of(path)}.isdisjoint({_mapping_of(one) for one in refused} - {""})


def _mapping_of(path: str) -> str:
    return path[: max(path.rfind("."), path.rfind("["), 0)]


def _refused_by(fault: Fault) -> tuple[str, ...]:
    """Return what cannot be looked at again: a value whose type is unknown is refused as a whole."""
    if fault.code in WHOLE_VALUE:
        return fault.path, fault.path.removesuffix(".type").removesuffix(".class")
    return (fault.path,)


def _validate(value: dict[str, Any], directory: Path) -> PipelineDeclaration:
    """Names of Python's own (``class_``) are not names of the declaration."""
    return PipelineDeclaration.model_validate({**value, "directory": directory}, by_alias=True, by_name=False)


def _checked(
    declaration: PipelineDeclaration, catalog: Catalog | None, document: Document, file: str | None, refused: set[str]
) -> Iterable[Fault]:
    try:
        found = check_declaration(declaration, catalog or load_catalog(declaration.catalog))
    except DeclarationError as error:
        found = list(error.faults)
    lines = {place_text(place): line for place, line in document.lines.items()}
    for fault in found:
        if fault.path not in refused and not (fault.code == "handling-unclear" and refused.intersection(HANDLING)):
            yield replace(fault, file=fault.file or file, line=fault.line or _line(fault.path, lines))


def _line(path: str, lines: dict[str, int]) -> int | None:
    while path and path not in lines:
        path = _mapping_of(path)
    return lines.get(path)


def _without_directory(document: Document, file: str | None, faults: list[Fault]) -> dict[str, Any]:
    """The folder is known from the file; as a field it does not exist."""
    if "directory" not in document.value:
        return dict(document.value)
    known = ", ".join(names_of(PipelineDeclaration))
    line = document.line(("directory",))
    faults.append(
        Fault("unknown-field", "directory", "'directory' is not a field here", known, "remove it", file, line)
    )
    return {name: value for name, value in document.value.items() if name != "directory"}


def _without(value: Any, refused: set[str], place: Place = ()) -> Any:
    """Return a copy without the refused places."""
    if isinstance(value, dict):
        kept = {name: item for name, item in value.items() if place_text((*place, name)) not in refused}
        return {name: _without(item, refused, (*place, name)) for name, item in kept.items()}
    if isinstance(value, list):
        indexed = [(index, item) for index, item in enumerate(value) if place_text((*place, index)) not in refused]
        return [_without(item, refused, (*place, index)) for index, item in indexed]
    return value


def _sorted(faults: list[Fault]) -> list[Fault]:
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.line or 0, fault.path))
