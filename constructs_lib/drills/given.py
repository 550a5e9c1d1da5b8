"""What stands there before the first record: items and objects of a pipeline's stores, and values of its secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.drills.world import World

SECRETS, STORES = "secrets", "stores"


@dataclass(frozen=True)
class Given:
    """Values by the names that the declaration has for them."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    stores: Mapping[str, Any] = field(default_factory=dict)
    """Of a table a list of items, of a bucket the texts of its objects by key."""

    @classmethod
    def of(cls, file: Path) -> Given:
        """Read a file that may be missing; a secret that is no text is the JSON that it would hold.

        Raises:
            UserError: ``sample-invalid``.
        """
        if not file.is_file():
            return cls()
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            unknown = set(told) - {SECRETS, STORES}
            secrets = {name: _text(value) for name, value in told.get(SECRETS, {}).items()}
            stores = {name: _kept(value) for name, value in told.get(STORES, {}).items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise _unusable(file, str(error)) from None
        if unknown:
            raise _unusable(file, f"unknown: {', '.join(sorted(unknown))}")
        return cls(secrets, stores)

    def put_into(self, world: World) -> None:
        """Fill the stores of a new world, and set its secrets."""
        world.secrets |= self.secrets
        for name, kept in self.stores.items():
            if name in world.all_stores:
                world.all_stores[name].fill(kept)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _kept(value: Any) -> Any:
    if isinstance(value, list):
        return [dict(item) for item in value]
    return {str(key): str(text).encode() for key, text in value.items()}


def _unusable(file: Path, why: str) -> UserError:
    allowed = "an object with secrets and stores: lists of items, or texts by key"
    return UserError.of("sample-invalid", file.as_posix(), why, allowed, "see docs/drills.md, or remove the file")
