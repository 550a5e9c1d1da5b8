"""All declarations of a folder, or everything that is wrong with any of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.declaration.loader import load_pipeline
from constructs_lib.declaration.sharing import sharing_faults
from constructs_lib.errors import DeclarationError, Fault

if TYPE_CHECKING:
    from constructs_lib.catalog import Catalog
    from constructs_lib.declaration.pipeline import PipelineDeclaration

SUFFIXES = (".yaml", ".yml", ".json")


def load_pipelines(path: str | Path, *, catalog: Catalog | None = None) -> tuple[PipelineDeclaration, ...]:
    """Return every declaration of a folder in the order of the file names, or the one of a file.

    Raises:
        DeclarationError: the faults of all files together; two pipelines of one name; a folder without a declaration.
    """
    place = Path(path)
    files = sorted(f for f in place.iterdir() if f.suffix in SUFFIXES) if place.is_dir() else [place]
    faults: list[Fault] = []
    loaded: dict[str, PipelineDeclaration] = {}
    by_file: dict[Path, PipelineDeclaration] = {}
    for file in files:
        try:
            declaration = load_pipeline(file, catalog=catalog)
        except DeclarationError as error:
            faults += error.faults
            continue
        if declaration.pipeline in loaded:
            faults.append(_taken(declaration.pipeline, file))
        loaded[declaration.pipeline] = by_file[file] = declaration
    faults += sharing_faults(by_file)
    if not files:
        faults.append(_empty(place))
    if faults:
        raise DeclarationError(faults)
    return tuple(loaded.values())


def _taken(name: str, file: Path) -> Fault:
    return Fault(
        code="pipeline-name-taken",
        path="pipeline",
        found=f"{name!r} is the name of another declaration of this folder",
        allowed="a name of its own for every pipeline of a platform",
        fix="rename one of the two",
        file=str(file),
    )


def _empty(folder: Path) -> Fault:
    return Fault(
        code="folder-empty",
        path="",
        found="holds no declaration",
        allowed=f"files that end in {', '.join(SUFFIXES)}",
        fix="name the folder of the declarations",
        file=str(folder),
    )
