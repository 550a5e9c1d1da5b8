"""A picture is resized under another prefix of the same bucket, starts nothing there, and Pillow comes for arm64."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.patterns.bundling import Bundler, BundleTarget
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.local.trial import Trial

AARCH64 = 183
"""What an ELF file of this machine holds at its 18th byte (ELF for the Arm 64-bit architecture)."""
ARRIVED = json.loads((Path(__file__).parent / "events" / "uploaded.json").read_text())
KEY: str = ARRIVED["detail"]["object"]["key"]


def png(width: int, height: int) -> bytes:
    """Return a grey picture."""
    rows = b"".join(b"\0" + bytes(width) for _ in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    parts = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def size(picture: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


class Album:
    """The one bucket that pictures come to and go to."""

    def __init__(self, trial: Trial) -> None:
        self.s3: Any = trial.client("s3")
        self.evidence = trial.evidence("image-resize")
        self.bucket = trial.resolve(trial.plans["image-resize"].resource("source-bucket").name)

    def upload(self, key: str, content: bytes) -> None:
        done = len(self.evidence.every_entry())
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)
        self.evidence.wait_until("it came to something", lambda: len(self.evidence.every_entry()) > done)
        self.evidence.wait_until_quiet()

    def names(self) -> list[str]:
        return [one["Key"] for one in self.s3.list_objects_v2(Bucket=self.bucket)["Contents"]]


@pytest.fixture(scope="module")
def album(example: Trial) -> Album:
    return Album(example)


def test_a_picture_is_resized_under_another_prefix_and_starts_nothing_there(album: Album) -> None:
    album.upload(KEY, png(200, 100))
    resized = "resized/été 2026/a+b.png"
    assert album.names() == [resized, KEY]
    assert size(album.s3.get_object(Bucket=album.bucket, Key=resized)["Body"].read()) == (64, 32)
    assert [entry.status for entry in album.evidence.every_entry()] == [Status.SUCCEEDED]


def test_what_is_no_picture_is_quarantined(album: Album) -> None:
    album.upload("uploads/note.png", b"no picture")
    assert album.evidence.every_entry()[-1].status is Status.QUARANTINED
    assert "resized/note.png" not in album.names()


def test_the_bundle_for_lambda_holds_pillow_for_arm64(example: Trial) -> None:
    plan = example.plans["image-resize"]
    bundle = Bundler(BundleTarget.LAMBDA).user_code(plan.function(plan.runner).code, plan.contract)
    with zipfile.ZipFile(bundle.archive) as archive:
        libraries = {name: archive.read(name) for name in archive.namelist() if ".so" in name.rpartition("/")[2]}
    assert "PIL/_imaging.cpython-313-aarch64-linux-gnu.so" in libraries
    assert {struct.unpack("<H", content[18:20])[0] for content in libraries.values()} == {AARCH64}
