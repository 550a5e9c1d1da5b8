"""Make a small picture of every large one: each fourth pixel of each fourth row of a grey PGM."""

from __future__ import annotations

from functions.runtime import Invalid, Run, S3Object, runner

STEP = 4


@runner
def make_thumbnail(arrived: S3Object, run: Run) -> None:
    """Put the small picture under the key of the large one."""
    run.outputs.small.put(
        arrived.key, smaller(run.stores.source.read(arrived)), content_type="image/x-portable-graymap"
    )


def smaller(picture: bytes) -> bytes:
    """Return a binary PGM with every fourth pixel; raises ``Invalid`` for anything else."""
    parts = picture.split(maxsplit=3)
    if len(parts) != 4 or parts[0] != b"P5" or not (parts[1] + parts[2]).isdigit():
        raise Invalid("no binary PGM")
    width, height = int(parts[1]), int(parts[2])
    pixels = parts[3].split(b"\n", 1)[-1]
    if len(pixels) != width * height:
        raise Invalid(f"{len(pixels)} pixels, and {width} x {height} were announced")
    rows = [pixels[start : start + width : STEP] for start in range(0, width * height, width * STEP)]
    return b"P5\n%d %d\n255\n" % (len(rows[0]), len(rows)) + b"".join(rows)
