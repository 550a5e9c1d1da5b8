"""``pipelines checkpoint``: the cursor of a deployed pull."""

HELP = "The cursor of a deployed pull: show it, put it elsewhere."
