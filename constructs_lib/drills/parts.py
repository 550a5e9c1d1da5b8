"""What must hold of records that are shared out: nothing counts as done while a worker has not been told of it."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from constructs_lib.drills.memory.part_texts import facts_of
from functions.contract.share import OUTPUT_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.drills.world import World
    from functions.contract.share import ShareFacts


def shares(world: World) -> bool:
    """Return whether the function of a world shares records out."""
    return any(output.type == OUTPUT_TYPE for output in world.settings.outputs)


def missing_parts(world: World) -> Iterator[str]:
    """Yield the run token of each record that counts as shared out and was not handed over whole."""
    handed: defaultdict[str, set[int]] = defaultdict(set)
    for facts in _handed(world):
        handed[facts.token].add(facts.number)
    for entry in world.completed():
        count = int(entry.location.rpartition("#")[2]) if entry.location else 0
        if not handed[entry.run_token] >= set(range(count)):
            yield entry.run_token


def _handed(world: World) -> Iterator[ShareFacts]:
    """Yield whose parts were handed over by topics and buses."""
    texts = [notice["Message"] for notices in world.clients.sns.published.values() for notice in notices]
    texts += [entry["Detail"] for entry in world.bus.entries]
    yield from (facts for facts in map(facts_of, map(json.loads, texts)) if facts)
