"""What a store is declared for: reading, writing, deleting, or several of them."""

from __future__ import annotations

from functions.runtime.stores.errors import StoreMisuse

WORDS = ("read", "write", "delete")
"""What may be done; a declared access joins some of them in this order."""


def check_access(name: str, access: str, wanted: str) -> None:
    """Raise ``StoreMisuse`` unless the access of a store has the word of what is wanted."""
    words = access.split("_")
    if wanted in words:
        return
    way_out = "_".join(word for word in WORDS if word in {*words, wanted})
    raise StoreMisuse(f"store {name!r} is declared with access: {access}; to {wanted}, declare access: {way_out}")
