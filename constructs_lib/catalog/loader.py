"""From a version or a file to a catalogue."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from constructs_lib.catalog.catalog import Catalog
from constructs_lib.errors import DeclarationError, Fault
from constructs_lib.model.units import shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FOLDER = Path(__file__).parent
DEFAULT_VERSION = "2026-11"
"""The version that a declaration gets when it pins none."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, in C where PyYAML brings it."""
_FOUND = {"missing": "is missing", "extra_forbidden": "is not a field of a catalogue"}


def load_catalog(version: str | None = None, path: str | Path | None = None) -> Catalog:
    """Return a version that comes with the library, or the catalogue of an organisation's own file.

    Raises:
        DeclarationError: the version or file does not exist, or the file is not a catalogue.
    """
    return _from_file(Path(path)) if path is not None else _shipped(version or DEFAULT_VERSION)


@cache
def _shipped(version: str) -> Catalog:
    known = sorted(file.stem for file in FOLDER.glob("*.yaml"))
    if version not in known:
        raise DeclarationError.of(
            "catalog-unknown",
            "catalog",
            f"{version!r} is not a version of the catalogue",
            f"one of {', '.join(known)}",
            "pin a version that exists, or hand over a file of your own",
        )
    return _from_file(FOLDER / f"{version}.yaml")


def _from_file(file: Path) -> Catalog:
    try:
        return Catalog.model_validate(_values(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise DeclarationError([_fault(file, "", f"cannot be read: {error}")]) from error
    except ValidationError as error:
        raise DeclarationError([_refused(file, item) for item in error.errors(include_url=False)]) from error


def _values(text: str) -> object:
    loader = _LOADER(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def _refused(file: Path, details: ErrorDetails) -> Fault:
    path, context = ".".join(str(part) for part in details["loc"]), details.get("ctx", {})
    if "fix" in context:
        return Fault(details["type"], path, context["found"], context["allowed"], context["fix"], str(file))
    found = _FOUND.get(details["type"], f"{shown(details['input'])} does not fit")
    return _fault(file, path, found)


def _fault(file: Path, path: str, found: str) -> Fault:
    return Fault(
        code="catalog-wrong",
        path=path,
        found=found,
        allowed="a catalogue in the shape of the one that comes with the library",
        fix="correct the file",
        file=str(file),
    )
