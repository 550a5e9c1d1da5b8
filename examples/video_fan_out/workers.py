"""Four workers of one video, and what is published once all of them have answered.

A video of this example is a text: its title, then how many seconds each worker needs for it.
"""

from __future__ import annotations

import time
from typing import Any

from functions.runtime import Invalid, Permanent, Run, S3Object, runner
from functions.runtime.fan_in import Parts
from functions.runtime.stores.errors import ObjectMissing


@runner
def make_thumbnails(video: S3Object, run: Run) -> dict[str, Any]:
    """Put one picture, and return where it is."""
    title = watched(video, run)
    key = f"{video.key}/thumbnail.txt"
    run.outputs.media.put(key, f"picture of {title}".encode(), content_type="text/plain")
    return {"picture": key}


@runner
def transcode(video: S3Object, run: Run) -> dict[str, Any]:
    """Put the video in another format: the slowest of the four."""
    title = watched(video, run)
    key = f"{video.key}/small.txt"
    run.outputs.media.put(key, f"{title}, smaller".encode(), content_type="text/plain")
    return {"video": key}


@runner
def write_captions(video: S3Object, run: Run) -> dict[str, Any]:
    """Put captions of what is said; without a transcript there is nothing to write."""
    title = watched(video, run)
    try:
        said = run.stores.transcripts.read(f"{title}.txt")
    except ObjectMissing:
        raise Permanent("no transcript") from None
    key = f"{video.key}/captions.txt"
    run.outputs.media.put(key, said, content_type="text/plain")
    return {"captions": key}


@runner
def moderate(video: S3Object, run: Run) -> dict[str, Any]:
    """Return whether the video may be shown."""
    return {"fit": "forbidden" not in watched(video, run)}


@runner
def publish(parts: Parts, run: Run) -> None:
    """Land what the four have made of the video, and who did not answer in time."""
    run.outputs.raw.put({"results": parts.results, "missing": list(parts.missing)})


def watched(video: S3Object, run: Run) -> str:
    """Return the title, after as long as this worker needs for the video; raises ``Invalid`` for anything else."""
    text: str = run.stores.source.read(video).decode(errors="replace")
    title, _, needed = text.partition("\n")
    try:
        seconds = dict(part.split("=") for part in needed.split())
        time.sleep(float(seconds.get(run.record["share"]["worker"], 0)))
    except ValueError:
        raise Invalid("no video") from None
    return title
