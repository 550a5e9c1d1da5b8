"""Make an uploaded picture fit 64 x 64 with Pillow, which this pipeline locks for itself."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from functions.runtime import Invalid, Run, S3Object, runner

BOX = (64, 64)


@runner
def resize(arrived: S3Object, run: Run) -> None:
    """Put the picture under the same name, as PNG."""
    content = run.stores.source.read(arrived)
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.thumbnail(BOX)
            small = io.BytesIO()
            picture.save(small, format="PNG")
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise Invalid(f"no picture: {error}") from error
    name = arrived.key.removeprefix("uploads/").rpartition(".")[0]
    run.outputs.resized.put(f"{name}.png", small.getvalue(), content_type="image/png")
