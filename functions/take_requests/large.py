"""Bodies that no message can hold: kept as objects, each before the message that names it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from functions.contract.message import LARGE_BODY, LargeBody
from functions.contract.raw import large_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.runtime.http_request import Request


@dataclass(frozen=True)
class LargeBodies:
    """Where one pipeline keeps them; ``put`` writes an object and raises what AWS calls raise."""

    pipeline: str
    put: Callable[[str, bytes], None]

    def keep(self, request: Request, attributes: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
        """Keep the body of a request and return text and attributes of the message that stands for it.

        A crash in between leaves an object that no message names, which expires like the others.
        """
        digest = hashlib.sha256(request.body).hexdigest()
        day = datetime.fromtimestamp(int(request.received_at) / 1000, UTC).date().isoformat()
        place = LargeBody(large_key(self.pipeline, day, request.request_id, digest), digest, len(request.body))
        self.put(place.key, request.body)
        return json.dumps({LARGE_BODY: place.key}), {**attributes, LARGE_BODY: place.to_json()}
