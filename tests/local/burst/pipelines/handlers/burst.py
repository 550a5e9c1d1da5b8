"""A handler that stores each record in a database that can take only so many calls at once."""

from __future__ import annotations

from typing import Any
from urllib.request import Request, urlopen

from functions.runtime import Permanent, Run, runner


@runner
def store(record: dict[str, Any], run: Run) -> None:
    """Store and land a record; poison is refused."""
    if record.get("poison"):
        raise Permanent("told to refuse")
    with urlopen(Request(record["database"], data=run.token.encode()), timeout=10) as answer:
        answer.read()
    run.outputs.raw.put(record)
