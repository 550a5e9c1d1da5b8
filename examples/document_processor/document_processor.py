"""Count the words of each document; one that is not finished is tried again, and holds up none of the others."""

from __future__ import annotations

import os

from functions.runtime import Recoverable, Run, S3Object, runner

LANGUAGE = os.environ["LANGUAGE"]
"""Read when the function starts, so that a deployment without it fails at once and not with the first document."""
END = "-- end --"


@runner
def count_words(arrived: S3Object, run: Run) -> None:
    """Land the number of words of one document."""
    text = run.stores.source.read(arrived).decode()
    if not text.rstrip().endswith(END):
        raise Recoverable(f"{arrived.key} has no end yet")
    words = len(text.rstrip().removesuffix(END).split())
    run.outputs.raw.put({"document": arrived.key, "language": LANGUAGE, "words": words})
