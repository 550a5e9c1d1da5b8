"""Somebody with every right changes the evidence: verification names each change, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_lib.composition.evidence import evidence_functions
from constructs_lib.local.stories.archiving import told_verification, verified
from constructs_lib.local.stories.forger import Forger
from constructs_lib.local.stories.telling import Story, Telling
from constructs_lib.model.names import log_group_name
from functions.contract.archive import day_in, seal_key
from functions.contract.ledger import LedgerEntry, Status

if TYPE_CHECKING:
    from constructs_lib.local.stories.scene import Scene
    from constructs_lib.operations.verify.finding import Finding

REPORTED = "ledger tampered with"
"""What the archive function writes of each change that the stream tells."""
_SHOWN_ID = 8
_PADDING = re.compile("0{20,}")
"""Of the sequence numbers in keys of archive objects."""


@dataclass(frozen=True)
class Tampering:
    """The entries and objects that are changed, and in which way."""

    changed: LedgerEntry
    removed: LedgerEntry
    forged: LedgerEntry
    sealed: LedgerEntry
    sealed_key: str
    today_key: str

    @property
    def codes(self) -> set[tuple[str, str]]:
        """What must be found: a code, and the run token or else the place."""
        pipeline, day = self.sealed.pipeline, str(day_in(self.sealed_key))
        return {
            ("entry-changed", self.changed.run_token),
            ("entry-removed", self.removed.run_token),
            ("entry-not-archived", self.forged.run_token),
            ("link-broken", self.forged.run_token),
            ("object-rewritten", self.today_key),
            ("entry-changed", self.sealed.run_token),
            ("object-changed", self.sealed_key),
            ("seal-mismatch", seal_key(pipeline, day)),
        }


def _tampered(scene: Scene, telling: Telling) -> None:
    forger = Forger(scene)
    reported = _reports(scene)
    try:
        done = _tamper(scene, telling, forger)
        found = verified(scene)
    finally:
        forger.put_back()
    for finding in found.findings:
        telling.say(told_finding(finding))
    telling.say(told_verification(found))
    named = sorted((one.code, one.run_token or one.place) for one in found.findings)
    telling.expect("verification names exactly what was done", named, sorted(done.codes))
    scene.evidence.wait_until("the stream's changes are reported", lambda: _reports(scene) >= reported + 2)
    telling.say(f'the archive function heard of the change and the removal from the stream itself: "{REPORTED}"')
    telling.say("(it counts them as LedgerTampered, and the alarm archive-ledger-tampered goes off on AWS)")
    after = verified(scene)
    telling.say(f"everything is put back; {told_verification(after)}")
    telling.expect("after everything is put back, it is intact", after.findings, ())


def _tamper(scene: Scene, telling: Telling, forger: Forger) -> Tampering:
    keys = forger.objects()
    sealed_key, sealed = keys[0], forger.first_entry(keys[0])
    changed, removed, given_up = _chosen(scene, sealed.run_token)
    telling.say("with the root user's credentials (on AWS the table's own policy denies changes to root, too):")
    forger.change(changed, payload_hash=sealed.payload_hash)
    telling.say(f"the success of {changed.run_token[:_SHOWN_ID]}… now says that other content landed")
    forger.remove(removed)
    telling.say(f"the quarantined {removed.run_token[:_SHOWN_ID]}… is removed from the table")
    forged = forger.forge(given_up)
    telling.say(f"a success of {forged.run_token[:_SHOWN_ID]}…, which was given up, is inserted, dated yesterday")
    telling.say("(AWS's stream would archive it, so that its broken link alone gives it away there)")
    forger.write_over(keys[-1])
    telling.say("today's archive object is written over (on AWS, too, a version on top; the first is what counts)")
    forger.rewrite(sealed_key, sealed.text, replace(sealed, attempt=sealed.attempt + 1).text)
    telling.say(f"yesterday's is deleted and made anew with another line for {sealed.run_token[:_SHOWN_ID]}…")
    telling.say("(AWS's Object Lock refuses that: to all but root in governance mode, to root too in compliance mode)")
    return Tampering(changed, removed, forged, sealed, sealed_key, keys[-1])


def _chosen(scene: Scene, but_for: str) -> tuple[LedgerEntry, LedgerEntry, LedgerEntry]:
    """Return a success, a quarantined entry, and one that was given up for good; none of them of one run token."""
    entries = [entry for entry in scene.evidence.every_entry() if entry.run_token != but_for]
    landed = {entry.run_token for entry in entries if entry.status is Status.SUCCEEDED}
    success = next(entry for entry in reversed(entries) if entry.status is Status.SUCCEEDED)
    quarantined = next(entry for entry in entries if entry.status is Status.QUARANTINED)
    given_up = (entry for entry in entries if entry.status is Status.DEAD_LETTERED and entry.run_token not in landed)
    return success, quarantined, next(given_up)


def told_finding(finding: Finding) -> str:
    """Return a finding on one line."""
    about = f"{finding.status} {finding.run_token[:_SHOWN_ID]}…" if finding.run_token else finding.place
    return _PADDING.sub("0…", f"[{finding.code}] {about}: {finding.detail}")


def _reports(scene: Scene) -> int:
    archive, _ = evidence_functions(scene.plan.platform)
    logs = scene.session.aws.client("logs")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=log_group_name(archive.name))
    return sum(REPORTED in event["message"] for page in pages for event in page["events"])


TAMPERED = Story("somebody changes the evidence, and every change is named", _tampered)
