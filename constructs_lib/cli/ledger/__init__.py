"""``pipelines ledger``: the evidence of a deployed pipeline."""

HELP = "The evidence of a deployed pipeline: list it, verify it, reconcile it, export it."
