"""``pipelines events``: the events that a pipeline's bus has kept."""

HELP = "The events that a pipeline's bus has kept: replay them."
