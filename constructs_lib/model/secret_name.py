"""Names of secrets: a value in their place is refused, and never repeated in the message."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from constructs_lib.model.refusal import refusal

_PATTERN = "^[A-Za-z0-9/_+=.@-]{1,512}$"
_NAME = re.compile(_PATTERN)
_KNOWN_VALUES = re.compile(
    r"AKIA|ASIA|sk_(live|test)_|gh[pousr]_|github_pat_|xox[abprs]-|glpat-|whsec_|AIza|eyJ|.*-----BEGIN"
)
"""How keys of AWS, Stripe, GitHub, Slack, GitLab and Google, JSON web tokens and PEM files begin."""
_RANDOM = re.compile(r"(?=.*[0-9])[0-9a-fA-F]{32,}|(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9+/=]{32,}")
"""Long runs without separators, as random keys in hex or base64 look."""


def looks_like_value(text: str) -> bool:
    """Return whether a text is more likely a secret's value than its name."""
    return bool(_KNOWN_VALUES.match(text) or _RANDOM.fullmatch(text))


def parse_secret_name(value: Any) -> str:
    """Return the name.

    Raises:
        PydanticCustomError: ``secret-is-a-value`` or ``secret-name-wrong``; neither repeats what was found.
    """
    if isinstance(value, str) and looks_like_value(value):
        raise refusal(
            "secret-is-a-value",
            "looks like a secret's value",
            "the name of a secret in Secrets Manager",
            "store the value there, name it here, and replace it, because it has been written down",
        )
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refusal(
            "secret-name-wrong",
            "is not the name of a secret",
            "letters, digits and /_+=.@-",
            "write the secret's name, such as shop-webhook-key",
        )
    return value


SecretName = Annotated[str, BeforeValidator(parse_secret_name), WithJsonSchema({"type": "string", "pattern": _PATTERN})]
