"""What a check looks at: the declaration, the catalogue, and the contract's schema, which is read once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import timedelta

    from constructs_lib.catalog import Catalog
    from constructs_lib.declaration.pipeline import PipelineDeclaration

MAX_SCHEMA_BYTES = 1_000_000
"""Size of the largest schema that is read."""


class UnreadableFile(Exception):  # noqa: N818 - it says what the file is
    """A named file that cannot be used; the text says why, ``missing`` whether it exists at all."""

    def __init__(self, reason: str, *, missing: bool = False) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.missing = missing


@dataclass(frozen=True)
class Subject:
    """A declaration under examination."""

    declaration: PipelineDeclaration
    catalog: Catalog

    def path(self, relative: str) -> Path:
        """Return a path that the declaration names."""
        return Path(self.declaration.directory) / relative

    @property
    def timeout(self) -> timedelta | None:
        """The runner's timeout: its own, else that of its size; None while the size is unknown."""
        size = self.catalog.sizes.get(self.declaration.taker.size)
        return self.declaration.taker.timeout or (size.timeout if size else None)

    @cached_property
    def schema(self) -> Any:
        """The contract's schema as plain values, or the ``UnreadableFile`` that says why there is none."""
        contract = self.declaration.contract
        return self.read_schema(contract.schema_) if contract and contract.schema_ else None

    def read_schema(self, file: str) -> Any:
        """Return a schema that the declaration names, or the ``UnreadableFile`` that says why there is none."""
        try:
            return json.loads(read_text(self.path(file), MAX_SCHEMA_BYTES))
        except UnreadableFile as error:
            return error
        except (ValueError, RecursionError) as error:
            return UnreadableFile(f"is not JSON: {error}")


def read_text(path: Path, limit: int) -> str:
    """Return the text of a file.

    Raises:
        UnreadableFile: the file is missing, not a file, larger than ``limit`` bytes, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError:
        raise UnreadableFile("does not exist", missing=True) from None
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > limit:
        raise UnreadableFile(f"is larger than {limit:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile("is not UTF-8") from None
