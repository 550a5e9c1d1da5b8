"""``pipelines run``: what happened to one record."""

HELP = "What happened to one record."
