"""Messages by which a record is shared out: whose part each is, and what of it may not differ at another try."""

from __future__ import annotations

import json
from typing import Any

from functions.contract.identity import canonical_json
from functions.contract.share import LARGE, SHARE, TEXT, ShareFacts

OF_A_TRY = ("run_id", "correlation_id", "accepted_at")
"""Facts that say which try handed the part over."""


def facts_of(message: Any) -> ShareFacts | None:
    """Return whose part a message is; None for one that is no part."""
    facts = message.get(SHARE) if isinstance(message, dict) else None
    return ShareFacts(**facts) if isinstance(facts, dict) else None


def essence(text: str) -> str:
    """Return what a handler is given of a part, whichever try handed it over; any other text as it is.

    The fields beside the body are left out: a record that is sent again stands elsewhere in its stream or its queue.
    """
    if f'"{SHARE}"' not in text:
        return text
    message = json.loads(text)
    if facts_of(message) is None:
        return text
    facts = {name: value for name, value in message[SHARE].items() if name not in OF_A_TRY}
    content = message[LARGE]["sha256"] if LARGE in message else message[TEXT]
    return canonical_json({SHARE: facts, TEXT: content})
