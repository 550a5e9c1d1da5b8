"""Pull the contacts that have changed, page by page, from the CRM's API."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from functions.runtime import Page, Permanent, Run, Throttled, Tick, runner

TIMEOUT = 10
"""Seconds that the CRM is given for a page."""
TOO_MANY, GONE_WRONG = 429, 500


@runner
def pull_contacts(tick: Tick, run: Run) -> Page:
    """Land one page of the contacts that changed in the tick's window, and say where the next one begins."""
    answer = ask(json.loads(run.secrets["crm-api"]), tick)
    for contact in answer["contacts"]:
        run.outputs.raw.put(contact)
    return Page(next=answer["next"])


def ask(api: dict[str, str], tick: Tick) -> dict[str, Any]:
    """Return one page of the API; what it says of its own load and of our request becomes the platform's words."""
    if tick.window_start is None:
        raise Permanent(f"the cursor {tick.cursor!r} is no time")
    asked = {"updated_since": tick.window_start.isoformat(), "until": tick.window_end.isoformat()}
    query = urlencode({**asked, **({"page": tick.token} if tick.token else {})})
    token = {"Authorization": f"Bearer {api['token']}"}
    request = Request(f"{api['url']}/contacts?{query}", headers=token)  # noqa: S310 - the address is our own secret
    try:
        with urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 - see above
            return dict(json.load(response))
    except HTTPError as error:
        if error.code == TOO_MANY:
            raise Throttled(retry_after=float(error.headers.get("Retry-After", "1"))) from error
        if error.code < GONE_WRONG:
            raise Permanent(f"the CRM refuses the request with {error.code}") from error
        raise
