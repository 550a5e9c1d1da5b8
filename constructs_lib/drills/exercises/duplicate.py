"""A record that comes again has one effect; and when every memory of it has expired, it lands the same lines again.

Memory is finite: claims and ledger entries have a time to live. What comes after that is handled anew, so only a
handler that lands the same for the same record keeps readers from seeing two versions of one run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Scene
    from constructs_lib.drills.world import World

WAY_OUT = (
    "land only what follows from the record: derive ids from run.token or from the record's own fields, and take times "
    "from the record, never from the clock, uuid4 or random"
)


def run(scene: Scene) -> None:
    """Send records twice in a batch, once more later, and once more after everything has expired."""
    world = scene.world()
    samples = scene.records()
    scene.did("sent every record twice in one batch, and a third time later")
    scene.send(world, [*samples, *samples])
    scene.settle(world, samples, size=2 * scene.batch)
    scene.send(world, samples)
    scene.settle(world, samples)
    repeats = len(world.entries(Status.DUPLICATE))
    scene.expect(
        repeats == 2 * len(samples), f"{2 * len(samples)} entries `duplicate` in the ledger", f"{repeats} entries"
    )
    first = _lines(world)
    scene.did("let claims and ledger entries expire, and sent every record once more")
    answers = {text: given[0] for text, given in world.answers.items()}
    _forget(world)
    scene.send(world, samples)
    scene.settle(world, samples)
    second = _lines(world)
    other = [token for token, lines in first.items() if second.get(token) != lines]
    scene.expect(
        not other,
        "a run token lands the same lines again",
        f"{len(other)} of {len(first)} landed others, such as {_pair(first, second, other)}",
        WAY_OUT,
    )
    differing = world.clients.sent.differing()
    scene.expect(not differing, "what is sent again under an id is the same", f"{len(differing)} differ", WAY_OUT)
    others = [text for text, given in world.answers.items() if given[0] != answers.get(text)]
    scene.expect(not others, "a request is answered the same again", f"{len(others)} got other answers", WAY_OUT)


def _lines(world: World) -> dict[str, list[str]]:
    return {entry.run_token: world.lines(entry) for entry in world.completed()}


def _forget(world: World) -> None:
    """What TTL does in the end; objects stay."""
    world.clock.advance(max(world.settings.ledger_retention, world.settings.idempotency.ttl_seconds) + 1)
    world.dynamodb.tables.clear()
    world.answers.clear()


def _pair(first: dict[str, list[str]], second: dict[str, list[str]], tokens: list[str]) -> str:
    return f"{first[tokens[0]]} and then {second.get(tokens[0])}"[:400] if tokens else ""
