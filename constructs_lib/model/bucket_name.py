"""Names of existing buckets and prefixes of keys, as users write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import duration_text

DAY = timedelta(days=1)

BucketName = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9.-]|\$\{(stage|AWS::AccountId|AWS::Region)\}){3,63}$",
        max_length=120,
        examples=["shop-uploads-${stage}"],
    ),
]
"""An existing bucket; ``${stage}``, ``${AWS::AccountId}`` and ``${AWS::Region}`` are filled in."""
KeyPrefix = Annotated[str, Field(pattern=r"^[A-Za-z0-9!_.'()/=-]*$", max_length=512, examples=["uploads/"])]
"""How keys begin: letters, digits and signs that need no escape in a grant or a filter."""


def overlap(one: str, other: str) -> bool:
    """Return whether a key can begin with both prefixes."""
    return one.startswith(other) or other.startswith(one)


def usable_age(age: timedelta | None, existing: str | None) -> timedelta | None:
    """Return the age at which a bucket removes objects.

    Raises:
        PydanticCustomError: ``store-exists-already`` for an existing bucket, ``expiry-not-days`` for no whole days.
    """
    if age is not None and existing is not None:
        allowed, fix = "what the owner of the bucket sets", "remove expire_after"
        raise refusal("store-exists-already", f"expire_after with the existing bucket {existing}", allowed, fix)
    if age is not None and (age % DAY or not age):
        raise refusal("expiry-not-days", f"expire_after is {duration_text(age)}", "1d or more whole days", "write 30d")
    return age
