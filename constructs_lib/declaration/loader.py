"""From a file or a text to a declaration, or to everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.declaration.examine import examine
from constructs_lib.declaration.json_reader import read_json
from constructs_lib.declaration.yaml_reader import YamlReader
from constructs_lib.errors import DeclarationError, Fault

if TYPE_CHECKING:
    from constructs_lib.catalog import Catalog
    from constructs_lib.declaration.document import Document
    from constructs_lib.declaration.pipeline import PipelineDeclaration

MAX_BYTES = 1_000_000
"""Size of the largest declaration that is read."""
Words = tuple[str, str, str, str]


def load_pipeline(path: str | Path, *, catalog: Catalog | None = None) -> PipelineDeclaration:
    """Return the declaration of a YAML file, or of a JSON file when its name ends in ``.json``.

    Args:
        path: the file; relative paths inside it start from its folder.
        catalog: sizes and limits to check against; the version that the declaration pins when absent.

    Raises:
        DeclarationError: every fault of the file, each with its line.
    """
    file = Path(path)
    text = _read(file, str(path))
    return parse_pipeline(text, file=str(path), directory=file.resolve().parent, catalog=catalog)


def parse_pipeline(
    text: str, *, file: str | None = None, directory: str | Path | None = None, catalog: Catalog | None = None
) -> PipelineDeclaration:
    """Return the declaration of a text: YAML, or JSON where ``file`` says so.

    Args:
        text: what the file holds.
        file: name for the messages; nothing is read from it.
        directory: folder that relative paths start from; the current one when absent.
        catalog: as for ``load_pipeline``.

    Raises:
        DeclarationError: every fault of the text, each with its line.
    """
    file = file or "declaration"
    if len(text) > MAX_BYTES:
        raise _unreadable(_too_large(len(text)), file)
    document = _parse(text, file)
    if document.value is None:
        raise DeclarationError([*document.faults, *_unreadable(_EMPTY, file).faults])
    if not isinstance(document.value, dict):
        raise DeclarationError([*document.faults, *_unreadable(_NOT_A_MAPPING, file).faults])
    declaration, faults = examine(document, file, Path(directory or ".").resolve(), catalog)
    if declaration is None or faults:
        raise DeclarationError(faults)
    return declaration


def _parse(text: str, file: str) -> Document:
    if file.endswith(".json") and text.strip():
        return read_json(text, file)
    return YamlReader(file).read(text)


def _read(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
            size = path.stat().st_size
    except FileNotFoundError:
        raise _unreadable(("file-missing", "does not exist", "a file", "correct the path"), name) from None
    except IsADirectoryError:
        raise _unreadable(_DIRECTORY, name) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        words = ("file-unreadable", f"cannot be read: {reason}", "a readable file", "correct path or permissions")
        raise _unreadable(words, name) from None
    if len(content) > MAX_BYTES:
        raise _unreadable(_too_large(size), name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(_NOT_UTF8, name, line) from None


_EMPTY = ("file-empty", "holds no declaration", "a mapping of fields", "start with version, pipeline and owner")
_NOT_A_MAPPING = ("not-a-mapping", "is not a mapping of fields", "name: value on each line", "start with version: 1")
_DIRECTORY = ("file-is-directory", "is a directory", "a file", "name the YAML or JSON file inside it")
_NOT_UTF8 = ("not-utf8", "is not UTF-8", "UTF-8 text", "save the file as UTF-8")


def _too_large(size: int) -> Words:
    found = f"{size:,} bytes"
    return (
        "file-too-large",
        found,
        f"at most {MAX_BYTES:,} bytes",
        "a declaration is settings alone: move data elsewhere",
    )


def _unreadable(words: Words, file: str, line: int | None = None) -> DeclarationError:
    code, found, allowed, fix = words
    return DeclarationError([Fault(code, "", found, allowed, fix, file, line)])
