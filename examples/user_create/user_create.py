"""Create a user once; the gateway has checked the token before."""

from __future__ import annotations

from typing import Any

from functions.runtime import Refused, Response, Run, runner
from functions.runtime.stores import ABSENT


@runner
def create_user(user: dict[str, Any], run: Run) -> Response:
    """Create the user of a mail address; 409 where somebody else has one already.

    The run token stands in the item, so that a repeat after a crash finds its own user and not somebody else's.
    """
    item = {**user, "created_by": run.record["claims"]["sub"], "run_token": run.token}
    done = run.stores.users.put(item, when={"email": ABSENT})
    if not done and done.item["run_token"] != run.token:
        raise Refused(409, "user-exists", "there is a user of this mail address")
    return Response({"user": run.token[:16], "status": "created"}, 201)
