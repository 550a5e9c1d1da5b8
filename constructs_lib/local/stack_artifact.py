"""One stack of a cloud assembly on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class StackArtifact:
    """One stack of an assembly and the file assets that it needs."""

    name: str
    template: Path
    assets: tuple[dict[str, Any], ...]

    def asset(self, key: str) -> Path:
        """Return the file of the asset that is uploaded under a key; raises ``StopIteration`` for an unknown one."""
        found = next(
            asset for asset in self.assets if any(place["objectKey"] == key for place in asset["destinations"].values())
        )
        return self.template.parent / str(found["source"]["path"])
