"""A ledger with its archive and seals in memory, as the platform writes them, and ways to get at every part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from constructs_lib.operations.archive import Archive
from constructs_lib.operations.bucket import Stored
from constructs_lib.operations.verify.verifier import Verification, Verifier
from constructs_lib.operations.window import Window, stamp
from functions.contract.archive import archive_key, day_prefix, pack, seal_key, unpack
from functions.contract.identity import text_hash
from functions.contract.ledger import LedgerEntry, Status, text_of
from functions.contract.seal import Seal, SealedObject, entries_of, merkle_root

PIPELINE = "shop-orders"
NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)
TODAY = "2025-03-10"
KEPT = timedelta(days=400)


def entry(token: str, message: str, attempt: int = 1, at: datetime = NOW, **changes: Any) -> LedgerEntry:
    """Return a plain entry of a run."""
    plain = LedgerEntry(
        pipeline=PIPELINE,
        stage="dev",
        tenant="dublin-1",
        run_token=token,
        run_id=f"{message}.{attempt}",
        parent_run_id=None,
        status=Status.SUCCEEDED,
        attempt=attempt,
        recorded_at=stamp(at),
        duration_ms=12,
        function="shop-orders-dev-land-order",
        function_version="3",
        request_id="r-1",
        correlation_id=f"c-{message}",
        manifest_hash="m",
        contract_id=None,
        contract_version=None,
        schema_hash=None,
        payload_hash="p",
        expires_at=int((at + KEPT).timestamp()),
    )
    return replace(plain, **changes)


@dataclass
class MemoryObjects:
    """A bucket in memory: the versions of each key from the oldest on; ``None`` marks a deletion."""

    versions: dict[str, list[bytes | None]] = field(default_factory=dict)

    def put(self, key: str, body: bytes) -> None:
        self.versions.setdefault(key, []).append(body)

    def folders(self, prefix: str) -> list[str]:
        below = (key.removeprefix(prefix) for key in self.versions if key.startswith(prefix))
        return sorted({name.partition("/")[0] for name in below if "/" in name})

    def stored(self, prefix: str) -> Iterator[Stored]:
        for key in sorted(key for key in self.versions if key.startswith(prefix)):
            bodies = self.versions[key]
            readable = tuple(str(number) for number, body in enumerate(bodies) if body is not None)
            yield Stored(key, readable, deleted=bodies[-1] is None)

    def body(self, key: str, version: str) -> bytes:
        found = self.versions[key][int(version)]
        assert found is not None
        return found

    def exists(self, key: str) -> bool:
        return bool(self.versions.get(key)) and self.versions[key][-1] is not None


@dataclass
class MemoryTable:
    """The table in memory, by the keys of its items."""

    items: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    pipeline: str = PIPELINE
    scans: int = 0

    def put(self, item: Mapping[str, Any]) -> None:
        self.items[item["pk"], item["sk"]] = dict(item)

    def every_item(self) -> Iterator[Mapping[str, Any]]:
        self.scans += 1
        yield from list(self.items.values())

    def items_of_run_tokens(self, run_tokens: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        for token in run_tokens:
            yield from [item for (pk, _), item in self.items.items() if pk == f"{PIPELINE}#{token}"]

    def items_of_parent_run(self, run_id: str) -> tuple[Mapping[str, Any], ...]:
        return tuple(item for item in self.items.values() if item.get("parent_run_id") == run_id)

    def of_run_token(self, run_token: str) -> tuple[LedgerEntry, ...]:
        return tuple(LedgerEntry.from_item(item) for item in self.items_of_run_tokens([run_token]))

    def of_parent_run(self, run_id: str) -> tuple[LedgerEntry, ...]:
        return tuple(LedgerEntry.from_item(item) for item in self.items_of_parent_run(run_id))


@dataclass
class EvidenceWorld:
    """Table and bucket of one pipeline."""

    table: MemoryTable = field(default_factory=MemoryTable)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    sequence: int = 0

    @property
    def archive(self) -> Archive:
        return Archive(self.objects, PIPELINE)

    def record(self, *entries: LedgerEntry, day: str | None = None) -> str:
        """Insert entries and archive them as one object; returns its key."""
        for one in entries:
            self.table.put(one.to_item())
        return self.archive_texts([text_of(one.to_item()) for one in entries], day or entries[0].recorded_at[:10])

    def archive_texts(self, texts: list[str], day: str) -> str:
        first, last = self.sequence + 1, self.sequence + len(texts)
        self.sequence = last
        key = archive_key(PIPELINE, day, str(first), str(last))
        self.objects.put(key, pack(texts))
        return key

    def seal(self, *days: str) -> None:
        """Seal days in their order, as the platform does when they are over."""
        before: Seal | None = None
        for day in days:
            before = self._seal(day, before)

    def _seal(self, day: str, before: Seal | None) -> Seal:
        bodies = {one.key: self.objects.body(one.key, "0") for one in self.objects.stored(day_prefix(PIPELINE, day))}
        lines = list(entries_of(line for body in bodies.values() for line in unpack(body)))
        seal = Seal(
            pipeline=PIPELINE,
            day=day,
            count=len(lines),
            merkle_root=merkle_root(text_hash(line) for line in lines),
            objects=tuple(SealedObject(k, sha256(b).hexdigest(), len(unpack(b))) for k, b in bodies.items()),
            previous_day=before.day if before else None,
            previous_hash=before.hash if before else None,
            sealed_at=f"{day}T23:59:59.000Z",
        )
        self.objects.put(seal_key(PIPELINE, day), seal.to_json().encode())
        return seal

    def lines(self, key: str) -> list[str]:
        return unpack(self.objects.body(key, "0"))

    def replace_object(self, key: str, lines: list[str]) -> None:
        """Put other bytes in place of an object, as if nothing had locked it."""
        self.objects.versions[key] = [pack(lines)]

    def verify(self, window: Window | None = None, now: datetime = NOW) -> Verification:
        return Verifier(self.table, self.archive, now, KEPT).verify(window)

    def codes(self, window: Window | None = None) -> set[str]:
        return {finding.code for finding in self.verify(window).findings}
