"""A quarantined record that came in an envelope: its contract is asked about the body, the whole is sent again."""

from __future__ import annotations

import json
from typing import Any

from constructs_lib.operations.current_contract import CurrentContract
from constructs_lib.operations.quarantine import Quarantine
from functions.contract.environment import IdempotencySettings
from functions.contract.ledger import Status
from tests.runtime.fakes import World, put
from tests.runtime.sources import envelopes


class Objects:
    """The objects of a world as S3 hands them out."""

    def __init__(self, world: World) -> None:
        self.world = world

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        class Body:
            def __init__(self, content: bytes) -> None:
                self.content = content

            def read(self) -> bytes:
                return self.content

        return {"Body": Body(self.world.s3.objects[f"s3://{Bucket}/{Key}"])}


def test_the_body_is_held_against_the_contract_and_group_and_envelope_are_kept() -> None:
    (sample,) = (one for one in envelopes("topic") if one.name == "enveloped")
    key = IdempotencySettings(key=("body.nothing",), ttl_seconds=86_400)
    world = World(put, source="topic", source_options={"raw": False}, idempotency=key, contract=None)
    event = sample.with_part(0, "attributes", {"ApproximateReceiveCount": "1", "MessageGroupId": "g-1"})
    world.ask(event)
    (entry,) = world.entries(Status.QUARANTINED)
    objects: Any = Objects(world)
    kept = Quarantine(objects).record(entry)
    assert (kept.text, kept.group) == (event["Records"][0]["body"], "g-1")
    assert json.loads(kept.payload) == {"order_id": "o-1001"}
    current = CurrentContract({"type": "object", "required": ["order_id"]}, blocks_drift=False)
    assert current.fault(kept.payload) is None
    assert current.fault(kept.text) is not None
