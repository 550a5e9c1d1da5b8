"""What a store raises of its own; every other failure of a call to AWS passes as botocore raises it."""

from __future__ import annotations

from functions.runtime.errors import Permanent, Recoverable


class StoreMisuse(Permanent):
    """What is asked can never work: a write to a store that is declared for reading, a key of the wrong form."""


class StoreBusy(Recoverable):
    """The store asks for less: the record is tried again with backoff, its neighbours go on."""


class ObjectMissing(LookupError):  # noqa: N818 - named like its siblings
    """There is no object of this key."""
