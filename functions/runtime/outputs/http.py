"""The http output: one request for each put, under a rate, with an id by which the receiver knows a repeat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from functions.runtime.outputs.draft import OutputMisuse, SendDraft
from functions.runtime.outputs.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.contract.environment import OutputSettings
    from functions.runtime.failure import Failure
    from functions.runtime.flush import Flush
    from functions.runtime.outputs.kind import Landed, Postponed
    from functions.runtime.services import Services

PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
LONGEST_PATH = 2000
"""Characters of a path with its parameters in it."""


class HttpDraft(SendDraft[Publication]):
    """The requests that one run has put."""

    def __init__(self, text: str, argument: Any, token: str, template: str) -> None:
        """``template`` is path and query of the declared URL."""
        super().__init__(text, argument, token)
        self._template = template

    def put(self, body: Any, *, path: Mapping[str, str | int] | None = None) -> None:
        """Keep one request.

        Args:
            body: the record itself is sent as received, token for token; anything else as canonical JSON.
            path: a value for each parameter of the declared URL; it is quoted, so that it stays one part of the path.

        Raises:
            OutputMisuse: parameters are missing, unknown, empty or too long.
            TypeError, ValueError: the body cannot be written as JSON.
            RuntimeError: the run has ended.
        """
        id, text = self._next_id(), self._json(body)
        self.entries.append(Publication(id, self._target(dict(path or {})), text))

    def _target(self, given: dict[str, str | int]) -> str:
        wanted = PARAMETER.findall(self._template)
        if set(given) != set(wanted):
            raise OutputMisuse(
                f"the URL has the parameters {', '.join(wanted) or 'none'}; given: {', '.join(given) or 'none'}"
            )
        texts = {name: str(value) for name, value in given.items()}
        if any(text in ("", ".", "..") for text in texts.values()):
            raise OutputMisuse("a parameter of the URL is empty, or would lead elsewhere")
        target = PARAMETER.sub(lambda found: quote(texts[found[1]], safe=""), self._template)
        if len(target) > LONGEST_PATH:
            raise OutputMisuse(f"the path has {len(target)} characters; at most {LONGEST_PATH}")
        return target


class HttpOutput:
    """One endpoint."""

    def __init__(self, settings: OutputSettings, services: Services) -> None:
        """``settings.target`` is the URL."""
        self._settings = settings
        self._services = services
        self._template = "/" + settings.target.split("/", 3)[3] if settings.target.count("/") > 2 else "/"
        self._publisher: Any = None

    def draft(self, text: str, argument: Any, token: str) -> HttpDraft:
        """Return an empty draft."""
        return HttpDraft(text, argument, token, self._template)

    def land(self, drafts: Sequence[tuple[str, HttpDraft]], flush: Flush) -> Sequence[Landed | Postponed | Failure]:
        """Send the requests of all drafts, one after the other; the connection is kept for the next flush."""
        if self._publisher is None:
            from functions.runtime.outputs.publisher import Publisher

            self._publisher = Publisher(self._settings, self._services)
        landed: Sequence[Landed | Postponed | Failure] = self._publisher.land(
            [draft.entries for _, draft in drafts], flush.left
        )
        return landed


def make(settings: OutputSettings, services: Services) -> HttpOutput:
    """Return one endpoint."""
    return HttpOutput(settings, services)
