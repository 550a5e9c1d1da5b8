"""Write one thing to every output."""

from __future__ import annotations

import json
import os
from typing import Any

from functions.runtime import Run, runner


@runner
def spread(_record: Any, run: Run) -> dict[str, str]:
    """Put the pipeline's own name everywhere."""
    thing = {"id": os.environ["UNDER_TEST"]}
    run.outputs.raw.put(thing)
    run.outputs.s3.put("thing.json", json.dumps(thing))
    run.outputs.event_bus.put(thing)
    run.outputs.topic.put(thing)
    run.outputs.queue.put(thing)
    run.outputs.dynamodb.put(thing)
    run.outputs.http.put(thing)
    return thing
