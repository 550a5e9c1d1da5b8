"""The ledger is archived and sealed by the deployed functions, and verified by the operators' own code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from constructs_lib.local.stories.telling import Story, Telling
from constructs_lib.operations.window import utc_now
from functions.contract.archive import day_prefix, pipeline_prefix

if TYPE_CHECKING:
    from constructs_lib.local.stories.scene import Scene
    from constructs_lib.operations.verify.verifier import Verification


def verified(scene: Scene) -> Verification:
    """Return what ``pipelines ledger verify`` finds."""
    return scene.operator.verifier(utc_now()).verify()


def told_verification(found: Verification) -> str:
    """Return what was compared on one line."""
    counts = (
        f"{found.days} days, {found.sealed_days} sealed; {found.archived} archived entries in {found.objects} objects"
    )
    verdict = "intact" if found.intact else f"{len(found.findings)} findings: not intact"
    return f"ledger verify: {counts}, {found.items} items in the table; {verdict}"


def _archived(scene: Scene, telling: Telling) -> None:
    told = scene.stream.catch_up()
    telling.say(f"the deployed archive function was handed {told} entries of all pipelines, as the stream tells them")
    telling.say("(handed, because the emulator's own stream does not tell what PartiQL inserts; AWS's does)")
    found = verified(scene)
    telling.say(told_verification(found))
    entries = len(scene.evidence.every_entry())
    telling.expect("nothing was changed, removed, inserted or reordered", found.findings, ())
    telling.expect("every entry of the table is archived", (found.archived, found.items), (entries, entries))
    telling.expect("nothing waits to be archived", found.not_archived_yet, 0)


def _sealed(scene: Scene, telling: Telling) -> None:
    moved = _first_object_to_yesterday(scene)
    telling.say(
        f"moved the first archive object to yesterday, as nobody waits for midnight here: {moved.rpartition('/')[0]}"
    )
    sealed = scene.stream.seal()
    telling.say(f"the deployed sealing function wrote {', '.join(sealed)}")
    found = verified(scene)
    telling.say(told_verification(found))
    telling.expect("the day that is over has one seal", (len(sealed), found.sealed_days), (1, 1))
    telling.expect("what the day holds is what its seal says", found.findings, ())
    telling.expect("a second run seals nothing", scene.stream.seal(), [])


def _first_object_to_yesterday(scene: Scene) -> str:
    s3 = scene.session.aws.client("s3")
    bucket = scene.operator.resolve(scene.plan.platform.evidence_bucket)
    pipeline = scene.plan.pipeline
    first: str = s3.list_objects_v2(Bucket=bucket, Prefix=pipeline_prefix(pipeline))["Contents"][0]["Key"]
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    moved = day_prefix(pipeline, yesterday) + first.rpartition("/")[2]
    stored = s3.get_object(Bucket=bucket, Key=first)
    s3.put_object(Bucket=bucket, Key=moved, Body=stored["Body"].read())
    s3.delete_object(Bucket=bucket, Key=first, VersionId=stored["VersionId"])
    return moved


ARCHIVED = Story("the ledger is archived, and verified", _archived)
SEALED = Story("a day that is over is sealed", _sealed)
