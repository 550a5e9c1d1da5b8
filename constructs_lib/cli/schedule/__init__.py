"""``pipelines schedule``: the schedule of a deployed pipeline."""

HELP = "The schedule of a deployed pipeline: show it, pause it, resume it."
