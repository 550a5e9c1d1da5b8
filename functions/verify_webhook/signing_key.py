"""The signing key: cached for minutes, and read anew when a signature does not match, so that a rotation is picked up.

Only the current version of the secret is accepted: a rotation revokes the old key at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.verify_webhook.signature import Signature

REFRESH_SECONDS = 10.0
"""A forged signature makes the key be read anew; this is how often that can happen."""


class Fetch(Protocol):
    """Returns the value of a secret."""

    def __call__(self, name: str, *, fresh: bool = False) -> str:
        """Return the value, from the cache unless it must be fresh; raises what the secret store raises."""


class EmptySecretError(Exception):
    """The secret has no value; an empty key would accept signatures that anyone can make."""


class StaleSecretError(Exception):
    """The key could not be read anew, so whether a signature is forged or made with a newer key is unknown."""


UNUSABLE = (EmptySecretError, StaleSecretError, UnicodeDecodeError)
"""What keeps a signature from being checked, beside a secret store that does not answer: binary secrets are no text."""


class SigningKey:
    """One secret."""

    def __init__(self, name: str, fetch: Fetch, now: Callable[[], float]) -> None:
        """``now`` returns seconds and never goes back."""
        self._name = name
        self._fetch = fetch
        self._now = now
        self._refreshed: float | None = None
        self._stale = False

    def verifies(self, signature: Signature) -> bool:
        """Return whether the current key made the signature.

        Raises:
            EmptySecretError: the secret has no value.
            StaleSecretError: the last attempt to read the key anew has failed, moments ago.
        """
        if signature.is_genuine(self._value()):
            return True
        if self._may_refresh():
            return signature.is_genuine(self._fresh())
        if self._stale:
            raise StaleSecretError(self._name)
        return False

    def _may_refresh(self) -> bool:
        return self._refreshed is None or self._now() - self._refreshed >= REFRESH_SECONDS

    def _fresh(self) -> str:
        """Count the try before its outcome: a store that is down must not be asked once for every forged request."""
        self._refreshed, self._stale = self._now(), True
        value = self._value(fresh=True)
        self._stale = False
        return value

    def _value(self, *, fresh: bool = False) -> str:
        value = self._fetch(self._name, fresh=fresh)
        if not value:
            raise EmptySecretError(self._name)
        return value
