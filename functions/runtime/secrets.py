"""Secrets of a run: fetched when they are read, kept for minutes, and only those that are declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.runtime.aws_clients import client

if TYPE_CHECKING:
    from collections.abc import Callable

CACHE_SECONDS = 300
"""How long a fetched value is used before it is fetched again; a rotation is picked up no later."""
REFRESH_SECONDS = 10.0
"""How often a handler that was refused can have one secret read anew, in one environment."""
MAX_CACHED = 50
"""Secrets that are kept at once; the one that was fetched first makes room."""


@dataclass(frozen=True)
class Fetched:
    """A value and when it was fetched, in seconds since 1970."""

    value: str
    at: float


class SecretCache:
    """The secrets of one environment."""

    def __init__(self, fetch: Callable[[str], str], learn: Callable[[str], None], now: Callable[[], float]) -> None:
        """``fetch`` asks the store; ``learn`` is told every value before anyone else sees it."""
        self._fetch = fetch
        self._learn = learn
        self._now = now
        self._fetched: dict[str, Fetched] = {}
        self._refreshed: dict[str, float] = {}

    def get(self, name: str, *, fresh: bool = False) -> str:
        """Return the value, at most five minutes old, or read anew when it must be ``fresh``.

        Raises:
            ClientError, BotoCoreError: the store did not hand it out.
        """
        held = self._fetched.get(name)
        if held is None or fresh or not 0 <= self._now() - held.at < CACHE_SECONDS:
            held = self._renew(name)
        return held.value

    def refresh(self, name: str) -> str:
        """Return the value, read anew unless that was tried moments ago: a store that is down is left alone, too.

        Raises:
            ClientError, BotoCoreError: the store did not hand it out.
        """
        last, now = self._refreshed.get(name), self._now()
        may = last is None or not 0 <= now - last < REFRESH_SECONDS
        if may:
            self._refreshed[name] = now
        return self.get(name, fresh=may)

    def _renew(self, name: str) -> Fetched:
        value = self._fetch(name)
        self._learn(value)
        self._fetched.pop(name, None)
        while len(self._fetched) >= MAX_CACHED:
            del self._fetched[next(iter(self._fetched))]
        self._fetched[name] = held = Fetched(value, self._now())
        return held


class Secrets:
    """The declared secrets by name: ``run.secrets["crm-token"]``."""

    def __init__(self, names: tuple[str, ...], cache: SecretCache) -> None:
        """``names`` are the declared ones."""
        self._names = names
        self._cache = cache

    def __getitem__(self, name: str) -> str:
        """Return the value; an undeclared name is an error that lists those that exist."""
        return self._cache.get(self._declared(name))

    def refresh(self, name: str) -> str:
        """Return the newest value, for a handler that was refused with the one it has.

        The store is asked at most once in ten seconds; in between the value that is held is returned.
        """
        return self._cache.refresh(self._declared(name))

    def __repr__(self) -> str:
        """Name the secrets, never their values."""
        return f"Secrets({', '.join(self._names)})"

    def _declared(self, name: str) -> str:
        if name not in self._names:
            known = ", ".join(self._names) or "none"
            raise KeyError(f"secret {name!r} is not declared; declared secrets: {known}")
        return name


def fetch_secret(name: str) -> str:
    """Return a secret of AWS Secrets Manager as it is now; one in bytes must be text.

    Raises:
        ClientError, BotoCoreError: Secrets Manager did not hand it out.
        UnicodeDecodeError: it is no text.
    """
    answer = client("secretsmanager").get_secret_value(SecretId=name)
    return str(answer["SecretString"]) if "SecretString" in answer else bytes(answer["SecretBinary"]).decode()
