"""``pipelines run``: what happened to one record, and going on with it."""

HELP = "What happened to one record, and going on with it."
