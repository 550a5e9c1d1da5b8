"""A group is consolidated once, however often its signals and its parts come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.drills.groups import OF_GROUPS, GroupScene

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Scene

ONLY_FOR = OF_GROUPS


def run(scene: Scene) -> None:
    """Hand every signal over twice, and send parts and signals once more when the group is done."""
    groups = GroupScene(scene)
    groups.send_group()
    groups.take_parts()
    signals = [(signal.body, signal.attributes) for signal in groups.signals()]
    scene.did(f"sent each of {len(signals)} signals of a group twice, and once more when it was consolidated")
    for _ in range(2):
        for body, attributes in signals:
            groups.consolidator.sqs.put(groups.consolidator.buffer, body, attributes)
        groups.settle()
    done = len(groups.consolidations())
    scene.expect(done == 1, "one consolidation", f"{done}")
    scene.one_effect_each(groups.runner)
