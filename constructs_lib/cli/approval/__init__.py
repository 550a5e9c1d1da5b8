"""``pipelines approval``: gates of workflows that wait for a person."""

HELP = "Gates of workflows that wait for a person: list, approve, reject."
