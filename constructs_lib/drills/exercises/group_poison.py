"""A group that cannot be consolidated ends with its error in the dead-letter queue, and its parts stay landed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.drills.groups import OF_GROUPS, GroupScene
from constructs_lib.drills.scene import refusing_put
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from functions.runtime import Run

ONLY_FOR = OF_GROUPS

WAY_OUT = "let errors leave the handler: a consolidation that returns has succeeded"


class PutRefused(RuntimeError):  # noqa: N818 - its name stands in the ledger
    """What every ``put`` of the consolidation raises."""


def run(scene: Scene) -> None:
    """Let every ``put`` of a consolidation raise; one that puts nothing raises itself."""
    puts = _puts(scene)

    def around(handler: Handler, parts: Any, run: Run) -> object:
        if not puts:
            raise PutRefused("drill: this group cannot be landed")
        return handler(parts, refusing_put(run, PutRefused("drill: this group cannot be landed")))

    groups = GroupScene(scene, around)
    groups.send_group()
    groups.take_parts()
    scene.did("every put of a consolidation raised")
    groups.settle()
    told = sorted({f"{entry.status} {entry.error_type}" for entry in groups.outcomes()})
    given_up = [entry for entry in groups.outcomes() if entry.status is Status.DEAD_LETTERED]
    letters = groups.runner.dead_letters()
    kept = bool(given_up) and all(entry.error_type for entry in given_up) and bool(letters)
    scene.expect(kept, "the signal stands in the dead-letter queue, with the error", "; ".join(told), WAY_OUT)
    scene.one_effect_each(groups.runner)


def _puts(scene: Scene) -> bool:
    """Return whether the consolidating handler lands anything of its own accord."""
    groups = GroupScene(scene)
    groups.send_group()
    groups.settle()
    return any(entry.location for entry in groups.consolidations())
