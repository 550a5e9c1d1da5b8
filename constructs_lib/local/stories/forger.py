"""Whoever changes the evidence: with the credentials of the account's root, which nothing stops on the emulator."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from constructs_lib.operations.window import stamp
from functions.contract.archive import pack, pipeline_prefix, unpack
from functions.contract.ledger import LedgerEntry, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local.stories.scene import Scene

NOWHERE = "0" * 64
"""The hash of no entry."""


@dataclass
class Forger:
    """Changes table and archive of a scene's pipeline, and knows how to put everything back."""

    scene: Scene
    _undo: list[Callable[[], object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Reach table and archive."""
        self._dynamodb = self.scene.session.aws.client("dynamodb")
        self._table = self.scene.plan.platform.ledger_table
        self._ledger = self.scene.operator.ledger()
        self._s3 = self.scene.session.aws.client("s3")
        self._bucket = self.scene.operator.resolve(self.scene.plan.platform.evidence_bucket)

    def put_back(self) -> None:
        """Undo everything, the last change first."""
        while self._undo:
            self._undo.pop()()

    def change(self, entry: LedgerEntry, **changes: Any) -> None:
        """Write another text in the place of an entry's."""
        self._put(replace(entry, **changes))
        self._undo.append(lambda: self._put(entry))

    def remove(self, entry: LedgerEntry) -> None:
        """Take an entry out of the table."""
        self._delete(entry)
        self._undo.append(lambda: self._ledger.add(entry))

    def forge(self, given_up: LedgerEntry) -> LedgerEntry:
        """Insert a success of a record that was given up, dated a day ago; it follows an entry that is nowhere."""
        forged = replace(
            given_up,
            status=Status.SUCCEEDED,
            recorded_at=stamp(datetime.fromisoformat(given_up.recorded_at) - timedelta(days=1)),
            previous_hash=NOWHERE,
            error_type=None,
            error_message=None,
            sample=None,
        )
        self._ledger.add(forged)
        self._undo.append(lambda: self._delete(forged))
        return forged

    def objects(self) -> list[str]:
        """Return the keys of the pipeline's archive objects, oldest day first."""
        found = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=pipeline_prefix(self.scene.plan.pipeline))
        return [item["Key"] for item in found["Contents"]]

    def write_over(self, key: str) -> None:
        """Write the lines of an archive object in another order over it, as a version of its own."""
        version = self._s3.put_object(Bucket=self._bucket, Key=key, Body=pack(self._lines(key)[::-1]))["VersionId"]
        self._undo.append(lambda: self._s3.delete_object(Bucket=self._bucket, Key=key, VersionId=version))

    def rewrite(self, key: str, line: str, told: str) -> None:
        """Put an object with another line in the place of an archived one, whose only version is deleted."""
        stored = self._s3.get_object(Bucket=self._bucket, Key=key)
        body = stored["Body"].read()
        lines = [told if one == line else one for one in unpack(body)]
        changed = self._replace(key, stored["VersionId"], pack(lines))
        self._undo.append(lambda: self._replace(key, changed, body))

    def first_entry(self, key: str) -> LedgerEntry:
        """Return the first entry in an archive object."""
        return LedgerEntry.from_text(self._lines(key)[0])

    def _lines(self, key: str) -> list[str]:
        return unpack(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())

    def _replace(self, key: str, version: str, body: bytes) -> str:
        self._s3.delete_object(Bucket=self._bucket, Key=key, VersionId=version)
        return str(self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)["VersionId"])

    def _put(self, entry: LedgerEntry) -> None:
        self._dynamodb.put_item(TableName=self._table, Item=_typed(entry.to_item()))

    def _delete(self, entry: LedgerEntry) -> None:
        self._dynamodb.delete_item(TableName=self._table, Key=_typed({"pk": entry.pk, "sk": entry.sk}))


def _typed(item: dict[str, Any]) -> dict[str, Any]:
    from boto3.dynamodb.types import TypeSerializer

    return {name: TypeSerializer().serialize(value) for name, value in item.items()}
