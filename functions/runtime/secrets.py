"""Secrets of a run: fetched when they are read, by Powertools' cache, and only those that are declared."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from functions.runtime.aws_clients import client_config

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.parameters import SecretsProvider

CACHE_SECONDS = 300
"""How long a fetched value is used before it is fetched again."""


class Secrets:
    """The declared secrets by name: ``run.secrets["crm-token"]``."""

    def __init__(self, names: tuple[str, ...], fetch: Callable[[str], str]) -> None:
        """``fetch`` returns the value of one secret."""
        self._names = names
        self._fetch = fetch

    def __getitem__(self, name: str) -> str:
        """Return the value; an undeclared name is an error that lists those that exist."""
        if name not in self._names:
            known = ", ".join(self._names) or "none"
            raise KeyError(f"secret {name!r} is not declared; declared secrets: {known}")
        return self._fetch(name)

    def __repr__(self) -> str:
        """Name the secrets, never their values."""
        return f"Secrets({', '.join(self._names)})"


def fetch_secret(name: str, *, fresh: bool = False) -> str:
    """Return a secret of AWS Secrets Manager, at most five minutes old, or read anew when it must be ``fresh``.

    Raises:
        GetParameterError: Secrets Manager did not hand it out.
    """
    value = _provider().get(name, max_age=CACHE_SECONDS, force_fetch=fresh)
    return value.decode() if isinstance(value, bytes) else str(value)


@cache
def _provider() -> SecretsProvider:
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    return SecretsProvider(boto_config=client_config())
